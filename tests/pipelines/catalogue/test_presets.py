"""Catalogues by name and from files: what they have, what is left out, and templates."""

import numpy as np
import pytest

from automl.pipelines import Columns, Genome, Grammar, Traits, build_pipeline, load_catalogue
from automl.pipelines.catalogue.presets import PRESETS
from automl.pipelines.operators.domains import Choice, Integer, Real
from automl.pipelines.operators.flow_types import Gappy, Prediction, Scaled

DEFAULT = load_catalogue("default")
TASKS = ("classification", "regression")
COLUMNS = Columns(
    numeric=("age",),
    ordered=("size",),
    categorical=("city",),
    high_cardinality=("street",),
    dates=("when",),
    durations=("waited",),
    texts=("note",),
    orders={"size": ("S", "M", "L")},
)
NUMBERS = Columns(numeric=("age", "income"))
MODEL = {"classification": "classifier", "regression": "regressor"}
PREPARING = {"imputer", "encoder", "scaler", "kernel scaler"}

each_task = pytest.mark.parametrize("task", TASKS)
each_preset = pytest.mark.parametrize("preset", PRESETS)


def grown(catalogue, task, columns=NUMBERS, n=60):
    traits = Traits(task=task, n_rows=1000, least_target=0)
    grammar = Grammar(catalogue, columns, traits)
    rng = np.random.default_rng(0)
    genomes = [grammar.grow(rng) for _ in range(n)]
    assert all(grammar.contains(genome) for genome in genomes)
    assert all(grammar.genome(grammar.tree(genome)) == genome for genome in genomes)
    return genomes


def models_of(catalogue):
    return {operator.name for operator in catalogue.values() if operator.is_model}


@each_preset
def test_a_preset_is_part_of_the_default(preset):
    catalogue = load_catalogue(preset)
    changed = {name for name, operator in catalogue.items() if DEFAULT[name] != operator}
    assert all(preset == "onnx" and name.startswith("cat_boost") for name in changed)
    assert list(catalogue) == [name for name in DEFAULT if name in catalogue]
    assert (len(catalogue) < len(DEFAULT)) is (preset != "default")
    for operator in catalogue.values():
        operator.check()


@each_task
@each_preset
def test_pipelines_grow_from_a_preset(preset, task):
    catalogue = load_catalogue(preset)
    dates = () if preset == "onnx" else (Columns(dates=("when",)),)
    for columns in (NUMBERS, Columns(categorical=("city",)), *dates, COLUMNS):
        for genome in grown(catalogue, task, columns, n=15):
            build_pipeline(genome, catalogue, columns, random_state=0)


def test_presets_are_what_they_are_called():
    linear, fast, plain = map(load_catalogue, ("linear", "fast", "interpretable"))
    assert {"ridge", "lasso_cv", "logistic_regression"} <= models_of(linear)
    assert "random_forest_classifier" not in linear
    assert {"hist_gradient_boosting_classifier", "ridge"} <= models_of(fast)
    assert not {"svc_rbf", "gaussian_process_regressor", "knn_imputer", "pca"} & set(fast)
    assert {"decision_tree_classifier", "lasso"} <= models_of(plain)
    assert not {"random_forest_classifier", "pca", "out_of_fold"} & set(plain)
    assert not any(operator.is_stack for operator in [*linear.values(), *fast.values()])


def test_what_has_no_onnx_form_is_left_out():
    catalogue = load_catalogue("onnx")
    assert not {"datetime_encoder", "string_encoder", "tfidf_vectorizer"} & set(catalogue)
    assert {"nystroem", "quantile_transformer", "svc_rbf"} <= set(catalogue)
    traits = Traits(task="classification", n_rows=1000)
    grammar = Grammar(catalogue, COLUMNS, traits)
    assert grammar.unused_kinds == ["dates", "texts"]
    for name in ("cat_boost_classifier", "cat_boost_regressor_unstopped"):
        assert catalogue[name].takes is Gappy


def test_operators_know_their_role():
    roles = {
        "ridge": "model",
        "log_target": "finish",
        "out_of_fold": "stack",
        "simple_imputer": "imputer",
        "one_hot_encoder": "encoder",
        "standard_scaler": "scaler",
        "kernel_scaler": "kernel scaler",
        "variance_threshold": "selector",
        "pca": "transformer",
    }
    assert {name: DEFAULT[name].role for name in roles} == roles


def test_include_keeps_only_the_named_of_their_roles():
    catalogue = load_catalogue("default", include=["ridge", "logistic_regression", "pca"])
    assert models_of(catalogue) == {"ridge", "logistic_regression"}
    left_out = {
        operator.name for operator in DEFAULT.values() if operator.role in ("model", "transformer")
    }
    assert set(catalogue) == (set(DEFAULT) - left_out) | {"ridge", "logistic_regression", "pca"}


@pytest.mark.parametrize(
    ("include", "gone", "stays"),
    [
        (
            ["one_hot_encoder"],
            {"ordinal_encoder", "count_encoder", "target_encoder_regression", "category_encoder"},
            {"datetime_encoder", "ordered_encoder", "string_encoder", "tfidf_vectorizer"},
        ),
        (
            ["string_encoder"],
            {"min_hash_encoder", "tfidf_vectorizer"},
            {"one_hot_encoder", "datetime_encoder"},
        ),
        (["standard_scaler"], {"robust_scaler", "max_abs_scaler"}, {"kernel_scaler", "pca"}),
        (["kernel_scaler"], set(), {"standard_scaler", "robust_scaler"}),
        (["simple_imputer"], {"knn_imputer", "regression_imputer"}, {"missing_indicator"}),
        (["select_fdr_classif"], {"random_probe_regression", "rfe_regression"}, {"pca"}),
    ],
)
def test_include_leaves_what_prepares_other_columns(include, gone, stays):
    catalogue = load_catalogue("default", include=include)
    assert {*include, *stays} <= set(catalogue)
    assert not gone & set(catalogue)
    unused = Grammar(catalogue, COLUMNS, Traits(task="classification", n_rows=1000)).unused_kinds
    assert unused == []


def test_a_scaler_leaves_kernels_their_own():
    catalogue = load_catalogue("default", include=["svr_rbf", "ridge", "standard_scaler"])
    assert {"svr_rbf", "ridge"} == {genome.operator for genome in models_grown(catalogue)}
    templated = load_catalogue("default", template="scaler > svr_rbf")
    for genome in models_grown(templated):
        assert genome.inputs[0].operator == "kernel_scaler"
        assert all(templated[path[2]].role == "scaler" for path in paths(genome))


def models_grown(catalogue):
    """Return what grows, without what goes around models."""
    genomes = grown(catalogue, "regression")
    return [
        genome.inputs[0] if catalogue[genome.operator].is_finish else genome for genome in genomes
    ]


def test_without_gaps_there_is_one_imputer_without_settings():
    catalogue = DEFAULT.without_gaps()
    imputers = [operator for operator in catalogue.values() if operator.role == "imputer"]
    assert [operator.name for operator in imputers] == ["simple_imputer"]
    assert imputers[0].domains == {}
    assert imputers[0].fixed["strategy"] == "mean"
    assert "missing_indicator" not in catalogue
    only = DEFAULT.only("ridge", "standard_scaler", "knn_imputer").without_gaps()
    assert set(only) == {"ridge", "standard_scaler", "knn_imputer"}
    gone = {"missing_indicator", "knn_imputer", "regression_imputer"}
    assert set(DEFAULT) - set(catalogue) == gone


def test_exclude_leaves_out():
    catalogue = load_catalogue("default", exclude=["ridge", "pca"])
    assert set(catalogue) == set(DEFAULT) - {"ridge", "pca"}
    catalogue = load_catalogue("linear", include=["ridge", "lasso"], exclude=["lasso", "pca"])
    assert models_of(catalogue) == {"ridge"}
    assert "pca" not in catalogue
    assert models_of(load_catalogue("linear", include=["ridge"], exclude=["lasso"])) == {"ridge"}


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({"preset": "defualt"}, ["'defualt'", "default", "fast", "linear", ".toml"]),
        ({"include": ["rigde"]}, ["'rigde'", "'ridge'"]),
        ({"exclude": ["rigde"]}, ["'rigde'", "'ridge'"]),
        ({"exclude": ["zzzz"]}, ["'zzzz'", "automl catalogue"]),
        ({"preset": "linear", "include": ["random_forest_classifier"]}, ["random_forest"]),
        ({"template": "rigde"}, ["'rigde'", "'ridge'", "selector", "classifier"]),
        ({"template": "pca > > ridge"}, ["''", "pca > > ridge"]),
        ({"template": ""}, ["''"]),
        ({"template": "finisher > model"}, ["'finisher'"]),
        ({"template": "selector > pca"}, ["one model, at its end", "selector > pca"]),
        ({"template": "ridge > pca"}, ["one model, at its end"]),
        ({"template": "ridge > lasso"}, ["one model, at its end"]),
        ({"template": "classifier > selector > classifier"}, ["one model, at its end"]),
        ({"template": "pca > ridge", "exclude": ["ridge"]}, ["'ridge'"]),
    ],
    ids=str,
)
def test_what_no_catalogue_has_is_named(changes, shown):
    with pytest.raises(ValueError, match=r"expected|no operator") as caught:
        load_catalogue(**changes)
    assert all(text in str(caught.value) for text in shown)


def steps_of(genome, catalogue):
    """Return the operators from the columns to the model but those that only prepare."""
    steps = []
    while not (genome.is_leaf or genome.is_join):
        steps.append(genome.operator)
        genome = genome.inputs[0]
    return [name for name in steps[::-1] if catalogue[name].role not in PREPARING]


@each_task
@pytest.mark.parametrize(
    "template", ["model", "pca > model", "selector > pca > {}", "selector > selector > {}"]
)
def test_what_grows_follows_the_template(template, task):
    template = template.format(MODEL[task])
    catalogue = load_catalogue("default", template=template)
    words = template.split(" > ")
    assert catalogue.template == tuple(words)
    for genome in grown(catalogue, task):
        steps = steps_of(genome, catalogue)
        if len(steps) == len(words):
            for name, word in zip(steps, words, strict=True):
                assert word in catalogue[name].roles()
        else:  # joined within the steps: every branch has the steps before
            assert any(part.is_join for part in genome.walk())
            assert all(
                word in catalogue[name].roles()
                for name, word in zip(steps[::-1], words[::-1], strict=False)
            )
        build_pipeline(genome, catalogue, NUMBERS, random_state=0)


@each_task
def test_a_template_holds_for_every_branch(task):
    catalogue = load_catalogue("default", template="selector > pca > model")
    for genome in grown(catalogue, task, COLUMNS, n=40):
        for path in paths(genome):
            roles = [catalogue[name].role for name in path if name not in (*COLUMNS.kinds(),)]
            steps = [role for role in roles if role not in PREPARING]
            assert steps == ["model", "transformer", "selector"]
            assert "pca" in path


def paths(genome):
    """Return the names from the model to every leaf, joins left out."""
    if genome.is_leaf:
        return [[genome.operator]]
    own = [] if genome.is_join else [genome.operator]
    return [[*own, *path] for part in genome.inputs for path in paths(part)]


@each_task
def test_a_template_may_name_what_prepares(task):
    catalogue = load_catalogue("default", template="standard_scaler > model")
    for genome in grown(catalogue, task, n=40):
        for path in paths(genome):
            assert path.count("standard_scaler") == 1
            assert catalogue[path[0]].is_model


def test_the_template_refuses_other_genomes():
    catalogue = load_catalogue("default", template="pca > ridge_cv")
    traits = Traits(task="regression", n_rows=1000)
    grammar = Grammar(catalogue, NUMBERS, traits)
    plain = Grammar(DEFAULT, NUMBERS, traits)
    pca = ", ".join(f"{name}={value!r}" for name, value in DEFAULT["pca"].defaults().items())
    imputed = "simple_imputer(numeric, add_indicator=False, strategy='mean')"
    once = f"standard_scaler(pca(standard_scaler({imputed}), {pca}))"
    twice = f"standard_scaler(pca({once}, {pca}))"
    for inner, fits in ((once, True), (twice, False), (f"standard_scaler({imputed})", False)):
        genome = Genome.parse(f"ridge_cv({inner})")
        assert plain.contains(genome)
        assert grammar.contains(genome) is fits
    assert not grammar.contains(Genome.parse(f"lasso_cv({once})"))


def test_a_template_stays_when_operators_change():
    catalogue = load_catalogue("default", template="pca > ridge")
    changed = catalogue.without("lasso").with_operator(DEFAULT["lasso"])
    assert changed.template == ("pca", "ridge")
    assert repr(changed) == f"<Catalogue of {len(DEFAULT)} operators>"


TOML = """
preset = "linear"
exclude = ["pca", "lasso"]

[operators.ridge_sag]
path = "sklearn.linear_model.Ridge"
takes = "Scaled"
gives = "Prediction"
tasks = ["regression"]
fixed = {solver = "sag"}
parts = ["collections.OrderedDict"]

[operators.ridge_sag.domains]
alpha = {low = 1e-3, high = 1e3, default = 1.0, log = true}
max_iter = {low = 10, high = 1000, default = 100, log = true}
fit_intercept = {values = [true, false], default = true}
"""


def in_file(folder, text):
    path = folder / "mine.toml"
    path.write_text(text, "utf-8")
    return str(path)


def test_a_file_becomes_operators(tmp_path):
    catalogue = load_catalogue(in_file(tmp_path, TOML))
    assert set(catalogue) == set(load_catalogue("linear")) - {"pca", "lasso"} | {"ridge_sag"}
    own = catalogue["ridge_sag"]
    assert own.path == "sklearn.linear_model.Ridge"
    assert (own.takes, own.gives, own.tasks) == (Scaled, Prediction, ("regression",))
    assert own.fixed == {"solver": "sag"}
    assert own.parts == ("collections.OrderedDict",)
    assert own.domains == {
        "alpha": Real(1e-3, 1e3, default=1.0, log=True),
        "max_iter": Integer(10, 1000, default=100, log=True),
        "fit_intercept": Choice((True, False), default=True),
    }
    assert own.is_model
    (genome, *_) = grown(catalogue.without(*models_of(catalogue) - {"ridge_sag"}), "regression")
    pipeline = build_pipeline(genome, catalogue, NUMBERS, random_state=0)
    assert "sag" in {value for value in pipeline.get_params().values() if isinstance(value, str)}


def test_arguments_count_on_top_of_a_file(tmp_path):
    path = in_file(tmp_path, TOML)
    assert models_of(load_catalogue(path, include=["ridge_sag"])) == {"ridge_sag"}
    assert "pca" not in load_catalogue(path, include=["ridge_sag"])
    assert "select_fdr_classif" in load_catalogue(path, include=["ridge_sag"])
    assert "ridge_sag" not in load_catalogue(path, exclude=["ridge_sag"])
    templated = load_catalogue(path, template="selector > ridge_sag")
    assert templated.template == ("selector", "ridge_sag")
    with pytest.raises(ValueError, match="'pca'"):
        load_catalogue(path, exclude=["pca"])


def test_a_file_may_name_the_steps_with_its_own_operators(tmp_path):
    path = in_file(tmp_path, 'template = "selector > ridge_sag"\n' + TOML)
    catalogue = load_catalogue(path)
    assert catalogue.template == ("selector", "ridge_sag")
    for genome in grown(catalogue, "regression", n=20):
        assert genome.operator == "ridge_sag"


def test_the_role_of_an_operator_in_a_file_follows_from_its_types(tmp_path):
    halves = """
[operators.{name}]
path = "sklearn.preprocessing.StandardScaler"
takes = "{takes}"
gives = "{gives}"
"""
    types = {"finish": ("Prediction", "Output"), "stack": ("Output", "Scaled")}
    types |= {"transformer": ("Matrix", "Scaled"), "model": ("Scaled", "Prediction")}
    text = "".join(
        halves.format(name=f"own_{role}", takes=takes, gives=gives)
        for role, (takes, gives) in types.items()
    )
    catalogue = load_catalogue(in_file(tmp_path, text))
    assert {role: catalogue[f"own_{role}"].role for role in types} == {role: role for role in types}


def test_a_file_may_replace_an_operator(tmp_path):
    catalogue = load_catalogue(in_file(tmp_path, TOML.replace("ridge_sag", "ridge")))
    assert catalogue["ridge"].fixed == {"solver": "sag"}
    assert len(load_catalogue(in_file(tmp_path, ""))) == len(DEFAULT)


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ('preset = "linear"', "preset = ", ["mine.toml", "cannot be read"]),
        ('preset = "linear"', 'preset = "lienar"', ["'lienar'"]),
        ('preset = "linear"', 'preset = "other.toml"', ["name of a preset", "other.toml"]),
        ('preset = "linear"', "preset = 3", ["preset", "got 3"]),
        ('exclude = ["pca", "lasso"]', 'exclude = "pca"', ["exclude", "'pca'"]),
        ('exclude = ["pca", "lasso"]', "exclude = [1]", ["exclude", "[1]"]),
        ('exclude = ["pca", "lasso"]', 'exclude = ["pac"]', ["'pac'"]),
        ('preset = "linear"', 'preest = "linear"', ["['preest']", "preset"]),
        ('preset = "linear"', 'template = "nothing"', ["'nothing'"]),
        ("[operators.ridge_sag]", "[operator.ridge_sag]", ["['operator']"]),
        ('takes = "Scaled"', 'takes = "Scalded"', ["ridge_sag", "'Scalded'"]),
        ('takes = "Scaled"', 'takes = "Operator"', ["ridge_sag", "'Operator'"]),
        ('takes = "Scaled"', "takes = 3", ["ridge_sag"]),
        ('takes = "Scaled"', "", ["ridge_sag", "takes"]),
        ('gives = "Prediction"', 'give = "Prediction"', ["ridge_sag", "gives"]),
        ('gives = "Prediction"', 'gives = "Prediction"\ncolor = 1', ["ridge_sag", "color"]),
        ('"sklearn.linear_model.Ridge"', '"os.system"', ["ridge_sag", "estimator", "os.system"]),
        ('"sklearn.linear_model.Ridge"', '"sklearn.Nothing"', ["ridge_sag", "sklearn.Nothing"]),
        ('"sklearn.linear_model.Ridge"', '"no_such.Thing"', ["ridge_sag", "no_such.Thing"]),
        ('"sklearn.linear_model.Ridge"', '"Ridge"', ["ridge_sag", "'Ridge'"]),
        ('"sklearn.linear_model.Ridge"', "3", ["ridge_sag"]),
        ('["regression"]', '["clustering"]', ["ridge_sag", "clustering"]),
        ('["collections.OrderedDict"]', '"collections.OrderedDict"', ["ridge_sag", "list"]),
        ('["collections.OrderedDict"]', "[3]", ["ridge_sag", "parts", "[3]"]),
        ("collections.OrderedDict", "no_such.Thing", ["ridge_sag", "part", "no_such.Thing"]),
        ("collections.OrderedDict", "collections.Nothing", ["ridge_sag", "collections.Nothing"]),
        ("max_iter =", "rounds =", ["ridge_sag", "rounds", "max_iter"]),
        ('gives = "Prediction"', 'gives = "Prediction"\nrounds = 3', ["rounds", "with_operator"]),
        ('solver = "sag"', "speed = 3", ["ridge_sag", "speed", "solver"]),
        ("high = 1e3", "high = 1e-4", ["ridge_sag", "low < high"]),
        ("high = 1e3, ", "", ["ridge_sag", "high"]),
        ("{values = [true, false], default = true}", "3", ["ridge_sag"]),
        ("{values = [true, false], default = true}", "{values = [true]}", ["ridge_sag"]),
    ],
)
def test_what_a_file_cannot_say_is_named(old, new, shown, tmp_path):
    assert old in TOML
    with pytest.raises(ValueError, match=r".") as caught:
        load_catalogue(in_file(tmp_path, TOML.replace(old, new)))
    assert all(text in str(caught.value) for text in shown)


@pytest.mark.parametrize("text", ["operators = 3", "operators = {ridge_sag = 3}"])
def test_operators_that_are_no_tables_are_named(text, tmp_path):
    with pytest.raises(ValueError, match="operator"):
        load_catalogue(in_file(tmp_path, text))


def test_files_that_are_not_there_are_named(tmp_path):
    with pytest.raises(ValueError, match=r"none\.toml' cannot be read"):
        load_catalogue(str(tmp_path / "none.toml"))
    (tmp_path / "mine.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ValueError, match="cannot be read"):
        load_catalogue(str(tmp_path / "mine.toml"))
