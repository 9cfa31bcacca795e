"""The extension for AMLB, run as AMLB runs it, by stand-ins for the parts that it meets.

AMLB is no package that could be installed here. The stand-ins were written after its documentation
(docs/extending/framework.md) and source (frameworks/shared/callee.py, caller.py and setup.sh,
amlb/results.py and benchmark.py of openml/automlbenchmark): the same names and signatures, the same
way through files, standard input and an almost empty environment, the same end of all children.
"""

import ast
import os
import re
import shutil
import sys
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris
from sklearn.dummy import DummyRegressor
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import confusion_matrix, fbeta_score, get_scorer, get_scorer_names
from sklearn.model_selection import train_test_split

from automl import AutoMLClassifier, AutoMLRegressor
from automl.problem.metric import resolve_metric

AMLB = Path(__file__).parents[2] / "benchmarks" / "amlb"
BUDGET = 600.0  # seconds, of which a fit of so few pipelines takes some
FEW = {"max_evaluations": 3, "cv": 2}

STAND_INS = {
    "amlb/utils.py": """
import subprocess
from pathlib import Path

def call_script_in_same_dir(caller_file, script_file, *args, **kwargs):
    assert all(name.startswith("_") and name.endswith("_") for name in kwargs), kwargs
    subprocess.run([Path(caller_file).resolve().parent / script_file, *args], check=True)
""",
    "frameworks/shared/utils.py": """
import time

class Timer:
    def __enter__(self):
        self.start = time.time()
        return self

    def __exit__(self, *args):
        self.duration = time.time() - self.start
""",
    "frameworks/shared/callee.py": """
import json
import os
import re
import signal
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd

def result(output_file=None, predictions=None, truth=None, probabilities=None,
           probabilities_labels=None, optional_columns=None, target_is_encoded=False,
           error_message=None, models_count=None, training_duration=None, predict_duration=None,
           **others):
    return locals()

def output_subdir(name, config):
    subdir = os.path.join(config.output_dir, name, config.name, str(config.fold))
    os.makedirs(subdir, exist_ok=True)
    return subdir

def load(part):
    for name, value in vars(part).items():
        if isinstance(value, SimpleNamespace):
            load(value)
        elif re.match("^(X|y|data)(_.+)?$", name):
            setattr(part, name, pd.read_parquet(value))

def descendants(pid):
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    for child in " ".join(path.read_text() for path in tasks).split():
        yield from descendants(child)
        yield int(child)

def call_run(run_fn):
    params = json.loads(sys.stdin.read(), object_hook=lambda dic: SimpleNamespace(**dic))
    load(params.dataset)
    config = params.config
    config.framework_params = vars(config.framework_params)
    try:
        res = run_fn(params.dataset, config)
        for name in ["predictions", "truth", "probabilities", "optional_columns"]:
            if res[name] is not None:
                path = os.path.join(config.result_dir, name + ".npy")
                np.save(path, res[name], allow_pickle=False)
                res[name] = path
    except BaseException as error:
        res = {"error_message": str(error), "models_count": 0}
    finally:
        for pid in list(descendants(os.getpid())):
            os.kill(pid, signal.SIGTERM)
    Path(config.result_file).write_text(json.dumps(res))
""",
    "frameworks/shared/caller.py": """
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

def run_in_venv(caller_file, script_file, *args, input_data, dataset, config, options=None,
                process_results=None, python_exec=None, retained_env_vars=("TMPDIR",)):
    with tempfile.TemporaryDirectory() as folder:
        config.result_dir, config.result_file = folder, os.path.join(folder, "result")
        data = {}
        for part, frames in input_data.items():
            data[part] = {name: os.path.join(folder, f"{part}.{name}.pd") for name in frames}
            for name, frame in frames.items():
                frame.rename(str, axis="columns").to_parquet(data[part][name])
        script = Path(caller_file).resolve().parent / script_file
        root = str(Path(__file__).parents[2])
        env = {"PATH": os.environ["PATH"], "PYTHONPATH": root, "AMLB_PATH": root}
        env |= {name: os.environ[name] for name in retained_env_vars if name in os.environ}
        params = {"dataset": data, "config": vars(config), "options": options}
        subprocess.run([sys.executable, "-W", "ignore", script], env=env, check=True, text=True,
                       cwd=root, input=json.dumps(params))
        res = json.loads(Path(config.result_file).read_text())
        if res.get("error_message") is not None:
            raise RuntimeError(res["error_message"])
        arrays = {name: np.load(res[name]) if res[name] else None
                  for name in ["predictions", "truth", "probabilities"]}
    assert not res["target_is_encoded"]
    save_predictions(res["output_file"], res["probabilities_labels"], **arrays)
    return {name: res[name] for name in ["models_count", "training_duration", "predict_duration"]}

def save_predictions(path, labels, predictions, truth, probabilities):
    table = pd.DataFrame(index=range(len(truth)))
    if probabilities is not None:
        table = pd.DataFrame(probabilities, columns=labels)[sorted(labels)]
    table.assign(predictions=predictions, truth=truth).to_csv(path, index=False)
""",
    # Its pins fail, as those of the true one do on a new Python.
    "frameworks/shared/setup.sh": """
test "$2" = true || exit 1
PY() { "$PY_EXEC_PATH" "$@"; }
PIP() { printf '%s\\n' "$@" > "$PIP_LOG"; }
false
""",
}


@pytest.fixture(scope="module")
def amlb(tmp_path_factory):
    """Return the folder of an AMLB, which finds a copy of the extension in its user folder."""
    root = tmp_path_factory.mktemp("amlb")
    for name, source in STAND_INS.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source)
    user = root / "checkout" / "benchmarks" / "amlb"
    shutil.copytree(AMLB, user, ignore=shutil.ignore_patterns("venv", ".setup", "__pycache__"))
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(root)
        patch.syspath_prepend(user)
        yield root
    for name in list(sys.modules):
        if name.split(".")[0] in ("amlb", "frameworks", "extensions"):
            del sys.modules[name]


@pytest.fixture(scope="module")
def extension(amlb):
    return import_module("extensions.automl_gp")


@pytest.fixture(scope="module")
def script(amlb):
    return import_module("extensions.automl_gp.exec")


def make_config(folder, **changes):
    """Return the fields of AMLB's `TaskConfig` that frameworks read."""
    config = {
        "name": "iris",
        "fold": 3,
        "type": "classification",
        "metric": "logloss",
        "seed": 851722466,
        "max_runtime_seconds": BUDGET,
        "cores": 2,
        "max_mem_size_mb": 4096,
        "framework_params": {},
        "output_dir": str(folder),
        "output_predictions_file": str(folder / "predictions.csv"),
    }
    return SimpleNamespace(**config | changes)


def make_dataset(X, y):
    """Return a fold as AMLB holds it: rows keep their numbers, targets are dataframes."""
    X_train, X_test, y_train, y_test = train_test_split(X, y.to_frame(), random_state=0)
    return SimpleNamespace(
        train=SimpleNamespace(X=X_train, y=y_train), test=SimpleNamespace(X=X_test, y=y_test)
    )


@pytest.mark.slow
def test_classes(extension, tmp_path):
    X, numbers = load_iris(as_frame=True, return_X_y=True)
    X["petals"] = pd.Categorical(np.where(X["petal width (cm)"] > 1, "wide", "narrow"))
    # Classes that look like numbers, whose order as texts is another one.
    y = numbers.map({0: "9", 1: "10", 2: "11"}).astype("category").rename("class")
    dataset = make_dataset(X, y)
    params = {"_save_artifacts": ["leaderboard", "script"], **FEW}
    outcome = extension.run(dataset, make_config(tmp_path, framework_params=params))
    assert outcome["models_count"] >= 3
    assert 0 < outcome["predict_duration"] < outcome["training_duration"] < BUDGET

    table = pd.read_csv(tmp_path / "predictions.csv", dtype=object)
    assert list(table) == ["10", "11", "9", "predictions", "truth"]
    probabilities = table[["10", "11", "9"]].astype(float)
    assert np.allclose(probabilities.sum(axis=1), 1)
    assert list(table["predictions"]) == list(probabilities.idxmax(axis=1))
    assert list(table["truth"]) == list(dataset.test.y["class"])
    assert (table["predictions"] == table["truth"]).mean() > 0.85

    folder = tmp_path / "artifacts" / "iris" / "3"
    assert pd.read_csv(folder / "leaderboard.csv")["score"].notna().any()
    ast.parse((folder / "best.py").read_text("utf-8"))


@pytest.mark.slow
def test_numbers(extension, tmp_path):
    X, y = load_diabetes(as_frame=True, return_X_y=True)
    dataset = make_dataset(X, y.astype("Int64"))
    config = make_config(tmp_path, type="regression", metric="rmse", framework_params=FEW)
    assert extension.run(dataset, config)["models_count"] >= 3

    table = pd.read_csv(tmp_path / "predictions.csv")
    assert list(table) == ["predictions", "truth"]
    assert list(table["truth"]) == list(dataset.test.y["target"])
    error = np.sqrt(((table["predictions"] - table["truth"]) ** 2).mean())
    assert error < 0.9 * table["truth"].std()
    assert not (tmp_path / "artifacts").exists()


@pytest.mark.slow
def test_errors_reach_amlb(extension, tmp_path):
    dataset = make_dataset(*load_iris(as_frame=True, return_X_y=True))
    with pytest.raises(RuntimeError, match=r"'auc' is no metric of this classification, expected"):
        extension.run(dataset, make_config(tmp_path, metric="auc"))


def test_setup(extension, amlb, monkeypatch):
    folder = Path(str(extension.__file__)).parent
    (folder / ".setup").mkdir()
    (folder / ".setup" / "setup_env").write_text(
        f"AMLB_ROOT={amlb}\nPY_EXEC_PATH={sys.executable}\n"
    )
    monkeypatch.setenv("PIP_LOG", str(amlb / "installed"))
    extension.setup("checkout", _shell_=False, _live_output_=True, _activity_timeout_=600)
    assert (amlb / "installed").read_text().split() == [
        *("install", "--no-cache-dir", "-r", str(folder / "requirements.txt")),
        str(amlb / "checkout"),
    ]
    assert re.fullmatch(r"\d+\.\d+\S*\+\S+\n", (folder / ".setup" / "installed").read_text())


def test_amlb_can_import_it():
    source = (AMLB / "extensions" / "automl_gp" / "__init__.py").read_text("utf-8")
    ast.parse(source, feature_version=(3, 9))


def test_definitions_name_what_exists():
    yaml = pytest.importorskip("yaml", reason="PyYAML comes with Optuna, of the extra bayesian")
    config = yaml.safe_load((AMLB / "config.yaml").read_text("utf-8"))
    default, own_file = config["frameworks"]["definition_file"]
    assert default == "{root}/resources/frameworks.yaml"
    definitions = yaml.safe_load(Path(own_file.format(user=AMLB)).read_text("utf-8"))
    definition = definitions["automl_gp"]
    module = AMLB.joinpath(*definition["module"].split("."))
    assert {"__init__.py", "exec.py", "setup.sh"} <= {path.name for path in module.iterdir()}
    assert os.access(module / "setup.sh", os.X_OK)
    assert definition["setup_env"]["PY_EXEC_PATH"] == "python3.11"
    assert all(entry.get("extends", "automl_gp") == "automl_gp" for entry in definitions.values())


# As resources/config.yaml of AMLB lists them, and amlb/results.py computes them.
OF_CLASSES = ["acc", "balacc", "f05", "f1", "f2", "logloss", "max_pce", "mean_pce"]
BINARY = [*OF_CLASSES, "auc", "pr_auc"]
MULTICLASS = [*OF_CLASSES, "auc_ovo", "auc_ovr"]
REGRESSION = ["mae", "mse", "msle", "r2", "rmse", "rmsle"]


@pytest.mark.parametrize("metric", REGRESSION)
def test_metrics_of_numbers(script, metric):
    X, y = load_diabetes(as_frame=True, return_X_y=True)
    scoring = script.find_scoring(metric, "regression", y)
    assert scoring in get_scorer_names()
    assert np.isfinite(get_scorer(scoring)(DummyRegressor().fit(X, y), X, y))


@pytest.mark.parametrize(
    ("load", "metric"),
    [(load_breast_cancer, name) for name in BINARY] + [(load_iris, name) for name in MULTICLASS],
)
def test_metrics_of_classes(script, load, metric):
    X, y = load(as_frame=True, return_X_y=True)
    y = y.map(dict(enumerate("abc")))
    model = LogisticRegression(max_iter=5000, C=1e-4).fit(X, y)
    scoring = script.find_scoring(metric, "classification", y)
    assert callable(scoring) or scoring in get_scorer_names()
    metric_of_ours = resolve_metric(scoring, "classification", list(model.classes_))
    assert np.isfinite(metric_of_ours.scorer(model, X, y))


@pytest.mark.parametrize("load", [load_breast_cancer, load_iris])
def test_made_metrics_are_those_of_amlb(script, load):
    X, y = load(as_frame=True, return_X_y=True)
    y = y.map(dict(enumerate("zyx")))  # the first class is the last one in the order of texts
    model = LogisticRegression(max_iter=5000, C=1e-5).fit(X, y)
    codes, guesses = (np.unique(labels, return_inverse=True)[1] for labels in (y, model.predict(X)))
    average = "binary" if len(model.classes_) == 2 else "weighted"
    for metric, beta in {"f05": 0.5, "f1": 1, "f2": 2}.items():
        score = script.find_scoring(metric, "classification", y)(model, X, y)
        assert score == pytest.approx(fbeta_score(codes, guesses, beta=beta, average=average))
    table = confusion_matrix(codes, guesses)
    errors = 1 - table.diagonal() / table.sum(axis=1)
    worst = get_scorer(script.find_scoring("max_pce", "classification", y))(model, X, y)
    mean = get_scorer(script.find_scoring("mean_pce", "classification", y))(model, X, y)
    assert (1 - worst, 1 - mean) == pytest.approx((errors.max(), errors.mean()))


def test_tasks_of_other_kinds_are_refused(script):
    with pytest.raises(ValueError, match="expected a classification or a regression, got 'times"):
        script.find_scoring("mase", "timeseries", pd.Series([1.0, 2.0]))


def test_settings_reach_the_search(script, tmp_path):
    y = pd.Series(["a", "b"])
    search = script.make_search(y, make_config(tmp_path, metric="auc"))
    assert isinstance(search, AutoMLClassifier)
    assert (search.scoring, search.time_budget) == ("roc_auc", BUDGET)
    assert (search.n_jobs, search.random_state, search.verbose) == (2, 851722466, 0)

    params = {"_n_jobs": 1, "strategy": "random", "_save_artifacts": []}
    changes = {"type": "regression", "metric": "mae", "seed": None, "framework_params": params}
    search = script.make_search(pd.Series([1.0, 2.0]), make_config(tmp_path, **changes))
    assert isinstance(search, AutoMLRegressor)
    assert (search.n_jobs, search.random_state, search.strategy) == (1, None, "random")


@pytest.mark.parametrize("asked", ["script", ["scripts"], True])
def test_unknown_artifacts_are_refused_before_the_search(script, asked):
    with pytest.raises(ValueError, match="expected _save_artifacts to be a list out of"):
        script.asked_artifacts({"_save_artifacts": asked})
