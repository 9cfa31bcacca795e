"""Exported scripts: golden files, executed; the command line; names from the data stay data.

Run this file with Python to write the golden files anew.
"""

import ast
import importlib
import pkgutil
import re
import runpy
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from functools import partial
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automl.pipelines import (
    Bagging,
    BuildOptions,
    Columns,
    Genome,
    Grammar,
    Member,
    Rescaling,
    Script,
    Traits,
    carried,
    export_script,
    load_catalogue,
    read_columns,
)
from automl.pipelines.building.bagging import bagged
from automl.pipelines.building.build import make
from automl.pipelines.building.ensemble import final_call
from automl.pipelines.building.last_step import with_last_step
from automl.pipelines.columns.reading import Reading
from tests.gpu import gpu_catalogue

GOLDEN = Path(__file__).parent / "golden"
CATALOGUE = load_catalogue("default")
STANDARD = {"argparse", "itertools", "pathlib", "pickle", "sys", "warnings"}
PACKAGES = {"numpy", "pandas", "scipy", "sklearn", "skrub", "xgboost", "lightgbm", "catboost"}
IMPORTS = STANDARD | PACKAGES | {"threadpoolctl"}
N_ROWS = 80
TARGET = "species"
LABELS = ["cat", "dog", "eel"]


def made_frame():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "age": rng.integers(1, 20, N_ROWS).astype("float64"),
            "weight": rng.lognormal(1, 1, N_ROWS).round(3),
            "color": rng.choice(["red", "green", "blue"], N_ROWS).astype(object),
            "tame": rng.choice([True, False], N_ROWS),
        }
    )
    for name in ("age", "color"):
        frame.loc[rng.choice(N_ROWS, 8, replace=False), name] = None
    return frame


FRAME = made_frame()
COLUMNS = read_columns(FRAME)
NOISE = np.random.default_rng(1).normal(0, 0.2, N_ROWS)
NUMBERS = (FRAME["weight"].rank() / N_ROWS + FRAME["tame"] + NOISE).to_numpy()
CODES = pd.qcut(NUMBERS, 3, labels=False)
TARGETS = {"classification": np.array(LABELS)[CODES], "regression": NUMBERS}

MATRIX = "simple_imputer(numeric, add_indicator=False, strategy='median')"
SCALED = f"standard_scaler({MATRIX})"
BOTH = f"join(one_hot_encoder(categorical, max_categories=50), {SCALED})"
LINEAR = f"logistic_regression({BOTH}, C=0.5, class_weight=None)"
RIDGE = f"ridge({BOTH}, alpha=1.0)"


def by_default(model, inputs):
    settings = [f"{name}={value!r}" for name, value in CATALOGUE[model].defaults().items()]
    return f"{model}({', '.join([inputs, *settings])})"


CASES = {
    "linear": LINEAR,
    "kernel": f"svc_rbf(kernel_scaler({SCALED}, gamma=0.5), C=3.0, class_weight='balanced')",
    "boosting": (
        "xgb_classifier(join(numeric, ordinal_encoder(categorical)), colsample_bytree=0.8, "
        "learning_rate=0.1, max_depth=3, min_child_weight=1.0, reg_alpha=0.0001, reg_lambda=1.0, "
        "subsample=0.8)"
    ),
    "categories": by_default(
        "hist_gradient_boosting_classifier", "join(numeric, category_encoder(categorical))"
    ),
    "target": f"log_target({RIDGE})",
}
TASKS = dict.fromkeys(CASES, "classification") | {"target": "regression"}

ENCODED = "join(numeric, ordinal_encoder(categorical))"
FILLED = f"join({MATRIX}, ordinal_encoder(categorical))"
ENSEMBLES = {
    "classification": {
        "logistic_regression": BOTH,
        "hist_gradient_boosting_classifier": ENCODED,
        "xgb_classifier": ENCODED,
        "extra_trees_classifier": FILLED,
        "k_neighbors_classifier": BOTH,
    },
    "regression": {
        "ridge": BOTH,
        "hist_gradient_boosting_regressor": ENCODED,
        "xgb_regressor": ENCODED,
        "extra_trees_regressor": FILLED,
        "k_neighbors_regressor": BOTH,
    },
}
WEIGHTS_OF_MEMBERS = (1 / 3, 0.2859401733, 0.2, 0.1 + 0.0123456789, 1 / 17)


def script_of(text, task="classification", rounds=20, **changes):
    facts = {
        "members": [Member(Genome.parse(text), rounds)],
        "catalogue": CATALOGUE,
        "columns": COLUMNS,
        "task": task,
        "target": TARGET,
        "options": BuildOptions(random_state=7),
        "classes": LABELS if task == "classification" else None,
        "n_rows": N_ROWS,
        "notes": ["Score: 0.9 on rows that it did not see."],
    }
    return Script(**{**facts, **changes})


def members_of(task, rounds=20):
    parts = zip(ENSEMBLES[task].items(), WEIGHTS_OF_MEMBERS, strict=True)
    return [
        Member(Genome.parse(by_default(model, inputs)), rounds, weight)
        for (model, inputs), weight in parts
    ]


def golden_scripts():
    singles = {name: script_of(text, TASKS[name]) for name, text in CASES.items()}
    ensembles = {
        f"ensemble_{task}": script_of(LINEAR, task, members=members_of(task)) for task in ENSEMBLES
    }
    rescaling = Rescaling(1.25, (0.0, -0.5, 0.125))
    members = members_of("classification")[:2]
    return singles | {
        **ensembles,
        "gpu": script_of(CASES["boosting"], catalogue=gpu_catalogue()),
        "rescaled": script_of(LINEAR, rescaling=rescaling),
        "bagged": script_of(RIDGE, "regression", bagging=Bagging("regression", 3, 7)),
        "bagged_ensemble": script_of(
            LINEAR, members=members, bagging=Bagging("classification", 3, 7)
        ),
        "rescaled_ensemble": script_of(LINEAR, members=members, rescaling=rescaling),
    }


GOLDEN_SCRIPTS = golden_scripts()


def fitted(script, frame, y, **options):
    return built(script).fit(frame, y, **options)


def built(script):
    call = final_call(
        script.members,
        script.catalogue,
        script.columns,
        script.task,
        script.options,
        change=partial(bagged, bagging=script.bagging),
    )
    return make(with_last_step(call, script.rescaling) if script.rescaling else call)


def values(pipeline, frame, task):
    """Return what a script checks: probabilities, or predictions in one column."""
    if task == "classification":
        return pipeline.predict_proba(frame)
    return pipeline.predict(frame).reshape(-1, 1)


def with_checks(text, task="classification", **changes):
    """Return a script with a few predictions of its own pipeline."""
    script = script_of(text, task, **changes)
    rows = [0, 20, 79]
    checks = values(fitted(script, FRAME, TARGETS[task]), FRAME.iloc[rows], task)
    return script_of(text, task, check_rows=rows, check_values=checks.tolist(), **changes)


def golden_text(name):
    """Return a script whose head has no versions."""
    head, end, body = export_script(GOLDEN_SCRIPTS[name]).partition("\nimport ")
    head = re.sub(r"(?<=# Made by automl )\S+ with Python \S+(?=\. )", "X", head)
    head = re.sub(r"# Install: .*?\n# Fit", "# Install: X\n# Fit", head, flags=re.DOTALL)
    return head + end + body


@pytest.mark.parametrize("name", GOLDEN_SCRIPTS)
def test_golden_files(name):
    expected = (GOLDEN / f"{name}.py").read_text("utf-8")
    assert golden_text(name) == expected, f"to accept the change, run python {__file__}"


@pytest.mark.filterwarnings("ignore:.*(No visible GPU|Device is changed)")
@pytest.mark.parametrize("name", GOLDEN_SCRIPTS)
def test_golden_files_run(name):
    module = runpy.run_path(str(GOLDEN / f"{name}.py"))
    script = GOLDEN_SCRIPTS[name]
    task, y = script.task, TARGETS[script.task]
    expected = fitted(script, FRAME, y)
    given_back = module["build_pipeline"]().fit(FRAME, y)
    np.testing.assert_allclose(
        values(given_back, FRAME, task), values(expected, FRAME, task), rtol=0, atol=1e-9
    )
    assert list(given_back.predict(FRAME)) == list(expected.predict(FRAME))


def test_a_script_has_the_switch_of_the_gpu_at_its_head(tmp_path):
    text = (GOLDEN / "gpu.py").read_text("utf-8")
    assert '\nDEVICE = "cuda"\n' in text
    path = tmp_path / "best.py"
    path.write_text(text.replace('DEVICE = "cuda"', 'DEVICE = "cpu"'), "utf-8")
    module = runpy.run_path(str(path))
    model = module["build_pipeline"]().fit(FRAME, TARGETS["classification"])  # without a warning
    assert model.steps[-1][1].device == "cpu"
    script = script_of(by_default("cat_boost_classifier", ENCODED), catalogue=gpu_catalogue())
    assert '\nTASK_TYPE = "GPU"\n' in export_script(script)


def test_golden_files_carry_what_no_package_has():
    for name, fragments in {
        "kernel": ["class KernelScaler("],
        "boosting": ["class LabelXGBC"],
        "categories": [
            "class CategoryEncoder(",
            "class ColumnNumberer(",
            '.set_output(transform="pandas")',
        ],
        "target": ["TransformedTargetRegressor(", "class BoundedTarget(", "expm1"],
        "bagged": [
            "class FoldBaggingRegressor(",
            "KFold(n_splits=3, shuffle=True, random_state=7)",
        ],
    }.items():
        text = (GOLDEN / f"{name}.py").read_text("utf-8")
        assert all(part in text for part in fragments), name


def test_members_share_what_prepares_columns_and_need_no_labels():
    text = (GOLDEN / "ensemble_classification.py").read_text("utf-8")
    assert text.count("OneHotEncoder(") == 1
    assert "LabelXGBClassifier" not in text


@pytest.fixture
def tables(tmp_path):
    """Return a folder with the training table for each task, and a table to predict."""
    for task, y in TARGETS.items():
        FRAME.assign(**{TARGET: y}).to_csv(tmp_path / f"{task}.csv", index=False)
    FRAME.head(9).to_csv(tmp_path / "new.csv", index=False)
    return tmp_path


def written(script, folder):
    path = folder / "best.py"
    path.write_text(export_script(script), "utf-8")
    return path


def python(*arguments, folder):
    """Run Python apart from its environment and the current folder, and note what it imports."""
    return subprocess.run(
        [sys.executable, "-I", "-X", "importtime", *map(str, arguments)],
        cwd=folder,
        capture_output=True,
        text=True,
    )


def imported(stderr):
    lines = [line for line in stderr.splitlines() if line.startswith("import time:")]
    return {line.rpartition("|")[2].strip().partition(".")[0] for line in lines}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["linear", "target", *(f"ensemble_{task}" for task in ENSEMBLES)])
def test_the_command_line_from_fit_to_prediction(name, tables):
    task = GOLDEN_SCRIPTS[name].task
    script = with_checks(LINEAR, task, members=GOLDEN_SCRIPTS[name].members)
    path = written(script, tables)
    new = ["--predict", "new.csv"]
    first = python(
        *(path, f"{task}.csv", "--verify", "--save", "model", *new, "--out", "out.csv"),
        folder=tables,
    )
    assert first.returncode == 0, first.stderr[-2000:]
    assert "verified: predictions differ by at most" in first.stdout
    again = python(path, "--load", "model", *new, folder=tables)
    assert again.returncode == 0, again.stderr[-2000:]
    assert again.stdout == (tables / "out.csv").read_text("utf-8")

    table = pd.read_csv(tables / "out.csv")
    pipeline = fitted(script, FRAME, TARGETS[task])
    numbers = table
    if task == "classification":
        assert list(table["prediction"]) == list(pipeline.predict(FRAME.head(9)))
        numbers = table.drop(columns="prediction")
        assert list(numbers) == [f"probability_{label}" for label in LABELS]
    np.testing.assert_allclose(numbers, values(pipeline, FRAME.head(9), task), rtol=0, atol=1e-9)
    for run in (first, again):
        assert "sklearn" in imported(run.stderr)
        assert not {"automl", "deap"} & imported(run.stderr)


def test_another_table_is_not_verified_by_a_process(tables):
    path = written(with_checks(LINEAR), tables)
    table = pd.read_csv(tables / "classification.csv")
    table.iloc[::-1].to_csv(tables / "other.csv", index=False)
    run = python(path, "other.csv", "--verify", folder=tables)
    assert run.returncode == 1
    assert "NOT verified: predictions differ by up to 0." in run.stderr
    assert "Traceback" not in run.stderr


@pytest.fixture
def main(tables, monkeypatch):
    """Return a function that runs a script as a program in the folder of the tables.

    It gives what the program exits with: None is success, a text is printed as an error.
    """
    monkeypatch.chdir(tables)

    def run(script, *arguments):
        path = written(script, tables)
        monkeypatch.setattr(sys, "argv", [str(path), *arguments])
        try:
            runpy.run_path(str(path), run_name="__main__")
        except SystemExit as stop:
            return stop.code
        return None

    return run


@pytest.mark.parametrize("task", TARGETS)
def test_a_script_verifies_itself(task, main, capsys):
    script = with_checks(LINEAR if task == "classification" else RIDGE, task)
    assert main(script, f"{task}.csv", "--verify") is None
    assert capsys.readouterr().out.startswith("verified: predictions differ by at most")


@pytest.mark.parametrize("task", TARGETS)
def test_a_change_is_not_verified(task, main):
    text = LINEAR if task == "classification" else RIDGE
    checks = np.array(with_checks(text, task).check_values)
    checks[1, 0] += 1e-4
    changed = script_of(text, task, check_rows=[0, 20, 79], check_values=checks.tolist())
    assert main(changed, f"{task}.csv", "--verify") == (
        "NOT verified: predictions differ by up to 0.0001 (same row order?)"
    )


def test_a_script_without_predictions_cannot_be_verified(main):
    code = main(script_of(LINEAR), "classification.csv", "--verify")
    assert isinstance(code, str)
    assert "--verify" in code


def test_regression(main, tables):
    script = with_checks(RIDGE, "regression")
    assert main(script, "regression.csv", "--predict", "new.csv", "--out", "out.csv") is None
    table = pd.read_csv(tables / "out.csv")
    expected = fitted(script, FRAME, NUMBERS).predict(FRAME.head(9))
    assert list(table) == ["prediction"]
    np.testing.assert_allclose(table["prediction"], expected, rtol=0, atol=1e-9)


def test_another_target(main, tables, capsys):
    table = pd.read_csv(tables / "classification.csv").rename(columns={TARGET: "kind"})
    table.to_csv(tables / "renamed.csv", index=False)
    assert main(with_checks(LINEAR), "renamed.csv", "--target", "kind", "--verify") is None
    assert "verified" in capsys.readouterr().out


WEIGHTS = np.random.default_rng(2).uniform(0.1, 2.0, N_ROWS)


@pytest.mark.parametrize(
    "text", [RIDGE, CASES["kernel"].replace("svc", "svr")], ids=["ridge", "svr"]
)
def test_weights(text, main, tables):
    text = text.replace("class_weight='balanced'", "epsilon=0.1")
    script = script_of(text, "regression", weighted=True)
    table = pd.read_csv(tables / "regression.csv").assign(importance=WEIGHTS)
    table.to_csv(tables / "weighted.csv", index=False)
    arguments = ("--weight", "importance", "--predict", "new.csv", "--out", "out.csv")
    assert main(script, "weighted.csv", *arguments) is None
    options = {f"{script.members[0].genome.operator}__sample_weight": WEIGHTS}
    expected = fitted(script, FRAME, NUMBERS, **options).predict(FRAME.head(9))
    got = pd.read_csv(tables / "out.csv")["prediction"]
    np.testing.assert_allclose(got, expected, rtol=0, atol=1e-9)
    plain = fitted(script, FRAME, NUMBERS).predict(FRAME.head(9))
    assert np.abs(plain - expected).max() > 1e-3


@pytest.mark.parametrize("task", ENSEMBLES)
def test_weights_reach_every_member(task, main, tables):
    weights = np.where(np.arange(N_ROWS) % 7, WEIGHTS, 0.0)
    script = script_of(LINEAR, task, members=members_of(task)[:4], weighted=True)
    table = pd.read_csv(tables / f"{task}.csv").assign(importance=weights)
    table.to_csv(tables / "weighted.csv", index=False)
    arguments = ("--weight", "importance", "--predict", "new.csv", "--out", "out.csv")
    assert main(script, "weighted.csv", *arguments) is None
    got = pd.read_csv(tables / "out.csv").select_dtypes("number").to_numpy()
    counted = weights > 0
    predictions = []
    for member in script.members:
        alone = replace(script, members=[member])
        options = {f"{member.genome.operator}__sample_weight": weights[counted]}
        pipeline = fitted(alone, FRAME[counted], TARGETS[task][counted], **options)
        predictions.append(values(pipeline, FRAME.head(9), task))
    shares = [member.weight for member in script.members]
    expected = np.average(predictions, axis=0, weights=shares)
    np.testing.assert_allclose(got, expected, rtol=0, atol=1e-9)


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        (["no_age.csv"], ["['age']", "'weight'", "'color'"]),
        (["new.csv"], [TARGET]),
        (["classification.csv", "--target", "kind"], ["'kind'", TARGET]),
        (["classification.csv", "--predict", "no_age.csv"], ["['age']", "'weight'"]),
        (["unknown_class.csv"], ["'cow'", "'cat'", TARGET]),
        (["no_class.csv"], ["'nan'", "'cat'", TARGET]),
        (["half.csv", "--verify"], ["80", "40"]),
        (["regression.csv"], [LABELS[0], TARGET]),
        (["none.csv"], ["none.csv"]),
        (["empty.csv"], ["No columns"]),
        (["no_rows.csv"], ["got 0 rows"]),
        (["classification.csv", "--predict", "none.csv"], ["none.csv"]),
        (["classification.csv", "--predict", "no_rows.csv"], ["got 0 rows"]),
        (["--load", "none"], ["none"]),
        (["--load", "new.csv", "--predict", "new.csv"], ["new.csv", "--save"]),
    ],
    ids=lambda arguments: " ".join(arguments),
)
def test_wrong_tables_are_named(arguments, shown, main, tables):
    table = pd.read_csv(tables / "classification.csv")
    table.drop(columns="age").to_csv("no_age.csv", index=False)
    table.replace({TARGET: {"dog": "cow"}}).to_csv("unknown_class.csv", index=False)
    table.replace({TARGET: {"dog": None}}).to_csv("no_class.csv", index=False)
    table.head(40).to_csv("half.csv", index=False)
    table.head(0).to_csv("no_rows.csv", index=False)
    Path("empty.csv").write_text("", "utf-8")
    code = main(with_checks(LINEAR), *arguments, "--save", "model")
    assert isinstance(code, str)
    assert all(text in code for text in shown)
    assert not Path("model").exists()


@pytest.mark.parametrize("cell", ["", "many", "inf"])
def test_a_target_that_is_no_number_is_named(cell, main, tables):
    table = pd.read_csv(tables / "regression.csv", dtype={TARGET: str})
    table.loc[3, TARGET] = cell
    table.to_csv("gaps.csv", index=False)
    assert main(script_of(RIDGE, "regression"), "gaps.csv", "--save", "model") == (
        f"expected numbers without gaps in ['{TARGET}']"
    )


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["classification.csv"],
        ["classification.csv", "--load", "model", "--predict", "new.csv"],
        ["--predict", "new.csv"],
        ["classification.csv", "--nonsense"],
    ],
    ids=" ".join,
)
def test_wrong_options_are_explained(arguments, main, capsys):
    assert main(script_of(LINEAR), *arguments) == 2
    assert "usage:" in capsys.readouterr().err


def test_a_saved_pipeline_is_verified_with_its_table(main):
    code = main(with_checks(LINEAR), "--load", "model", "--verify")
    assert code == f"--verify takes the table of {N_ROWS} training rows, got 0 rows"


def test_a_weighted_script_needs_weights(main, capsys):
    script = script_of(RIDGE, "regression", weighted=True)
    assert main(script, "regression.csv", "--save", "model") == 2
    assert "--weight" in capsys.readouterr().err
    code = main(script, "regression.csv", "--weight", "importance", "--save", "model")
    assert "['importance']" in code


@pytest.mark.parametrize(
    "labels",
    [
        ["cat", "dog", "eel"],
        ["1", "01", "1.0"],
        ["True", "False", "None"],
        ["NA", "nan", "null"],
        [" a", "a ", "a,b"],
        [3, 10, -2],
        [1.0, 2.5e6, 1e15],
        [1.0, 2.0, 3.0],
        [False, True],
    ],
    ids=str,
)
def test_labels_of_every_type_come_back(labels, main, tables):
    classes = np.unique(labels)
    y = classes[CODES % len(classes)]
    script = script_of(LINEAR, classes=classes.tolist())
    FRAME.assign(**{TARGET: y}).to_csv("train.csv", index=False)
    assert main(script, "train.csv", "--predict", "train.csv", "--out", "out.csv") is None
    table = pd.read_csv("out.csv", dtype=str, keep_default_na=False)
    expected = fitted(script, FRAME, y)
    assert list(table["prediction"]) == [str(label) for label in expected.predict(FRAME)]
    assert list(table)[1:] == [f"probability_{label}" for label in classes]


HOSTILE = [
    "it's",
    'say "hi"',
    "'''",
    '"""',
    "'\"",
    "two\nlines",
    "back\\slash\\n",
    "ends with \\",
    "{}",
    "{name!r}",
    "{args.target}",
    "%s %(name)s %",
    "# comment",
    "__import__('os')",
    "'); import os  #",
    '"); import os  #',
    "\n\nimport os\n",
    "; import os",
    "TARGET",
    "\u2028\u2029\x85\x1c",
    "日本 é 😀",
    " ",
    "None",
    "long " * 60,
]


def test_hostile_names_stay_data(main, tables, capsys):
    rng = np.random.default_rng(0)
    names = [f"{text}{number % 2}" for number, text in enumerate(HOSTILE)]
    frame = pd.DataFrame(
        {
            name: rng.normal(size=N_ROWS) if place % 3 else rng.choice(HOSTILE, N_ROWS)
            for place, name in enumerate(names)
        }
    )
    labels = sorted(HOSTILE[:8])
    y = np.array(labels)[np.arange(N_ROWS) % len(labels)]
    target = "".join(HOSTILE)
    rows = [1, 5]
    script = script_of(LINEAR, columns=read_columns(frame), target=target, classes=labels)
    pipeline = fitted(script, frame, y)
    script = script_of(
        LINEAR,
        columns=read_columns(frame),
        target=target,
        classes=labels,
        check_rows=rows,
        check_values=pipeline.predict_proba(frame.iloc[rows]).tolist(),
        notes=HOSTILE,
    )
    frame.assign(**{target: y}).to_csv("train.csv", index=False)
    arguments = ("--verify", "--predict", "train.csv", "--out", "out.csv")
    assert main(script, "train.csv", *arguments) is None
    assert capsys.readouterr().out.startswith("verified")
    table = pd.read_csv("out.csv", keep_default_na=False)
    assert list(table["prediction"]) == list(pipeline.predict(frame))
    assert list(table)[1:] == [f"probability_{label}" for label in labels]


ANY_TEXT = st.text(max_size=12) | st.sampled_from(HOSTILE)
NOTES = st.text(st.characters(exclude_categories=["C"]), max_size=12) | st.sampled_from(HOSTILE)


@pytest.mark.slow
@settings(max_examples=40)
@given(
    numeric=st.lists(ANY_TEXT, min_size=1, max_size=4, unique=True),
    categorical=st.lists(ANY_TEXT, min_size=1, max_size=4, unique=True),
    target=ANY_TEXT,
    classes=st.lists(ANY_TEXT, min_size=2, max_size=4, unique=True),
    notes=st.lists(NOTES, max_size=2),
)
def test_whatever_comes_from_the_data_is_a_literal(numeric, categorical, target, classes, notes):
    columns = Columns(numeric=tuple(numeric), categorical=tuple(categorical))
    script = script_of(LINEAR, columns=columns, target=target, classes=classes, notes=notes)
    data, code = parts_of(export_script(script))
    assert data == {
        "NUMERIC": numeric,
        "CATEGORICAL": categorical,
        "TARGETS": [target],
        "CLASSES": classes,
    }
    plain = Columns(numeric=("age",), categorical=("color",))
    assert code == parts_of(export_script(script_of(LINEAR, columns=plain)))[1]


def parts_of(source):
    """Return the data of a script, and the code that is left without them."""
    tree = ast.parse(source)
    data = {}
    for node in list(tree.body):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
            if name == "READ_OPTIONS":  # classes such as "None" need others
                used = {part.id for part in ast.walk(node.value) if isinstance(part, ast.Name)}
                assert used - {"COLUMNS"} == {"dict", "str", "CATEGORICAL", "TARGETS"}
                tree.body.remove(node)
            if name in ("NUMERIC", "CATEGORICAL", "TARGETS", "CLASSES"):
                data[name] = ast.literal_eval(node.value)
                tree.body.remove(node)
    return data, ast.dump(tree)


GROWN = Columns(
    numeric=("age", "weight"),
    ordered=("size",),
    categorical=("color",),
    high_cardinality=("street",),
    dates=("born",),
    durations=("waited",),
    texts=("note",),
    orders={"size": ("S", "M", "L")},
    readings={"born": Reading(formats=("%d/%m/%Y",))},
)
GRAMMARS = [
    Grammar(CATALOGUE, GROWN, Traits(task=task, n_rows=1000))
    for task in ("classification", "regression")
]


@st.composite
def grown_scripts(draw):
    task = draw(st.sampled_from(["classification", "regression"]))
    grammar = GRAMMARS[task == "regression"]
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    members = [
        Member(grammar.grow(rng), draw(st.none() | st.integers(1, 500)), rng.uniform())
        for _ in range(draw(st.sampled_from([1, 1, 2, 5])))
    ]
    return script_of(LINEAR, task, members=members, columns=GROWN, weighted=draw(st.booleans()))


@settings(max_examples=20)
@given(grown_scripts())
def test_a_script_imports_what_it_uses_and_nothing_of_ours(script):
    source = export_script(script)
    assert max(map(len, source.splitlines())) <= 120
    tree = ast.parse(source)
    names = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            assert node in tree.body
            module = node.module if isinstance(node, ast.ImportFrom) else ""
            for alias in node.names:
                names[alias.asname or alias.name] = f"{module}.{alias.name}".strip(".")
    assert {path.partition(".")[0] for path in names.values()} <= IMPORTS
    assert not any("._" in path for path in names.values())
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert names.keys() <= used


@given(grown_scripts())
def test_lines_are_short(script):
    assert max(map(len, export_script(script).splitlines())) <= 120


@pytest.mark.slow
@settings(max_examples=8)
@given(grown_scripts())
def test_a_script_builds_what_was_fitted(script):
    """The text is that of the pipeline: the same steps with the same parameters."""
    code = compile(export_script(script), "best.py", "exec")
    space = {"__name__": "best"}
    exec(code, space)
    pipeline, expected = described(space["build_pipeline"]()), described(built(script))
    if len(script.members) == 1:
        assert pipeline == expected
    else:
        assert nameless(pipeline) == nameless(expected)


def described(pipeline):
    """Return the classes and plain parameters of all parts of a pipeline, as text."""
    parts = {"": type(pipeline).__name__}
    for name, value in pipeline.get_params(deep=True).items():
        if value is None:  # LightGBM tells of the Nones that it was given beyond its own parameters
            continue
        if hasattr(value, "get_params"):
            parts[name] = type(value).__name__
        elif callable(value):
            parts[name] = value.__name__
        elif "object at" not in str(value) and "(" not in str(value):
            parts[name] = str(value)
    return parts


def nameless(parts):
    """Return the classes and plain parameters of an ensemble, whatever its steps are called.

    The members of a script take labels as numbers, say nothing of matrices that are not sparse, and
    take sample weights where it is fitted with some.
    """
    plain = {"LabelXGBClassifier": "XGBClassifier", "WeightedPipeline": "Pipeline"}
    return Counter(
        ("" if text[:1].isupper() else name.rpartition("__")[2], plain.get(text, text))
        for name, text in parts.items()
        if not name.endswith("sparse_threshold")
    )


BANK = Columns(
    numeric=(
        *("age", "income", "loan_amount", "credit_history_length", "number_of_dependents"),
        *("hours_per_week", "capital_gain", "capital_loss", "balance", "tenure_in_months"),
        *("distance_to_branch", "utilization_ratio"),
    ),
    categorical=(
        *("workclass", "education", "marital_status", "occupation", "relationship", "housing"),
        *("native_country", "loan_purpose"),
    ),
)


SCORE = (
    "Score: roc_auc 0.7621 ± 0.041 (naive 0.7791); better than a random forest (0.7901) with 66%. "
    "It is from nested cross-validation with 5 outer folds, corrected for the choice among 108 "
    "pipelines and for learning from all rows."
)


def bank_script(task, **changes):
    """Return a script with all that a search gives it, for a table of 20 columns."""
    rng = np.random.default_rng(0)
    facts = {
        "columns": BANK,
        "check_rows": [0, 817, 1635, 2452, 3270],
        "check_values": rng.uniform(size=(5, 2 if task == "classification" else 1)).tolist(),
        "classes": ["granted", "refused"] if task == "classification" else None,
        "notes": [SCORE],
    }
    return script_of(LINEAR, task, **{**facts, **changes})


def names_in(module):
    """Return the names of the classes and functions of a module."""
    items = vars(importlib.import_module(module)).items()
    return {name for name, item in items if getattr(item, "__module__", None) == module}


READER_NAMES = names_in("automl.pipelines.carried.frame")
# The names of all classes and functions that scripts carry.
CARRIED_NAMES = {
    name
    for module in pkgutil.iter_modules(carried.__path__, f"{carried.__name__}.")
    for name in names_in(module.name)
}


def n_lines_of(source, names):
    """Return how many lines classes and functions take, each with a blank line."""
    definitions = [
        node for node in ast.parse(source).body if isinstance(node, ast.ClassDef | ast.FunctionDef)
    ]
    copied = [node for node in definitions if node.name in names]
    assert "read_cells" in {node.name for node in copied}
    return sum(node.end_lineno - node.lineno + 2 for node in copied)


@pytest.mark.parametrize("task", ENSEMBLES)
def test_five_members_take_less_than_155_lines_besides_the_readers_of_cells(task):
    lines = export_script(bank_script(task, members=members_of(task, rounds=123))).splitlines()
    assert len(lines) - n_lines_of("\n".join(lines), READER_NAMES) < 155
    assert max(map(len, lines)) <= 100


@pytest.mark.parametrize("name", CASES)
def test_a_pipeline_takes_less_than_110_lines_besides_what_it_carries(name):
    source = export_script(replace(GOLDEN_SCRIPTS[name], notes=[SCORE]))
    assert len(source.splitlines()) - n_lines_of(source, CARRIED_NAMES) < 110


def test_the_head_names_the_versions():
    for name, packages in {"linear": (), "boosting": ("xgboost",)}.items():
        head = export_script(script_of(CASES[name])).partition("\nimport ")[0]
        for distribution in ("scikit-learn", "pandas", "numpy", *packages):
            assert f"{distribution}==" in head
        assert f"scikit-learn=={version('scikit-learn')}" in head
        assert ("xgboost" in head) is (name == "boosting")
        assert "skrub" not in head


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        (["none.csv", "--save", "fitted"], "none.csv"),
        (["classification.csv", "--save", "no/fitted"], "no/fitted"),
        (["empty.csv", "--save", "fitted"], "No columns"),
        (["header.csv", "--save", "fitted"], "got 0 rows"),
        (["--load", "empty.csv", "--predict", "classification.csv"], "Ran out of input"),
        (["--load", "header.csv", "--predict", "classification.csv"], "header.csv"),
    ],
)
def test_wrong_files_are_told_in_a_line(arguments, shown, main, tables):
    (tables / "empty.csv").write_text("")
    pd.read_csv("classification.csv").head(0).to_csv("header.csv", index=False)
    code = main(script_of(LINEAR), *arguments)
    assert isinstance(code, str)
    assert shown in code


@pytest.mark.slow
@pytest.mark.parametrize("arguments", [["classification.csv"], ["--predict", "new.csv"]])
def test_a_script_is_told_what_to_do(arguments, tables):
    path = written(script_of(LINEAR), tables)
    command = [sys.executable, str(path), *arguments]
    done = subprocess.run(command, cwd=tables, capture_output=True, text=True)
    assert done.returncode == 2
    assert "error: give" in done.stderr


if __name__ == "__main__":
    for golden in GOLDEN_SCRIPTS:
        (GOLDEN / f"{golden}.py").write_text(golden_text(golden), "utf-8")
