"""What every operator of the catalogue keeps to, on a small frame of all kinds of columns."""

import inspect
import json
import pickle
import re
import runpy
import warnings
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest
import skops.io
from scipy import sparse
from sklearn.base import clone
from threadpoolctl import threadpool_limits
from xgboost import XGBRegressor

from automl.pipelines import (
    BuildOptions,
    Catalogue,
    Columns,
    Genome,
    Grammar,
    Member,
    Real,
    Script,
    Traits,
    build_pipeline,
    export_script,
    load_catalogue,
    read_columns,
)
from automl.pipelines.building.build import make
from automl.pipelines.catalogue import BASELINES
from automl.pipelines.operators.calls import locate
from automl.pipelines.operators.flow_types import (
    Categorical,
    Complete,
    Counts,
    Date,
    Gappy,
    HighCardinality,
    Matrix,
    Ordered,
    Output,
    Prediction,
    Scaled,
    Spread,
    Table,
    Text,
    Wide,
)
from automl.pipelines.operators.operator import ORDERS, QUANTILE, Wrapper
from automl.winner.model_file import PARTS, known_types
from automl.winner.new_rows import predicted

CATALOGUE = Catalogue([*load_catalogue("default").values(), *BASELINES.values()])
CASES = [(name, task) for name, operator in CATALOGUE.items() for task in operator.tasks]
SAMPLES = 3
ROUNDS = 10  # of the final fit; there is little to learn here
N_ROWS = 80

# Operators that refuse some samples: so few columns that none remains, or more are asked for.
MAY_REFUSE = {
    "feature_agglomeration",
    "pls_regression",
    "rfe_classification",
    "rfe_regression",
    "select_from_trees_classification",
    "truncated_svd",
}
TOO_SMALL = ("0 feature(s)", "n_components", "clusters")

# The scope makes pytest run the tests of a case together, so that they share its fit.
each_case = pytest.mark.parametrize(("name", "task"), CASES, scope="module")
each_operator = pytest.mark.parametrize("name", CATALOGUE)


def made_frame():
    """Return a frame with columns of all kinds."""
    rng = np.random.default_rng(0)
    days = pd.to_timedelta(rng.integers(0, 1000, N_ROWS), unit="D")
    streets = [f"street {number}" for number in range(70)]
    words = ["red", "green", "blue", "round", "square", "heavy", "light", "old", "new"]
    frame = pd.DataFrame(
        {
            "age": rng.normal(40, 10, N_ROWS),
            "income": rng.lognormal(3, 1, N_ROWS),
            "score": rng.uniform(size=N_ROWS),
            "city": rng.choice(["Oslo", "Rome", "Lima"], N_ROWS).astype(object),
            "member": rng.choice([True, False], N_ROWS),
            "size": pd.Categorical(
                rng.choice(["S", "M", "L"], N_ROWS), ["S", "M", "L"], ordered=True
            ),
            "street": np.array([*streets, *streets[:10]], dtype=object),
            "since": pd.Timestamp("2020-01-01") + days,
            "waited": pd.to_timedelta(rng.integers(0, 10_000, N_ROWS), unit="s"),
            "note": [" ".join(rng.choice(words, 4)) for _ in range(N_ROWS)],
        }
    )
    for name in ("age", "city", "street", "since", "waited", "size", "note"):
        frame.loc[rng.choice(N_ROWS, 6, replace=False), name] = None
    return frame


FRAME = made_frame()
COLUMNS = read_columns(FRAME)
CELLS = COLUMNS.read(FRAME)
SIGNAL = FRAME["score"] + FRAME["member"] + np.random.default_rng(1).normal(0, 0.3, N_ROWS)
TARGETS = {
    "classification": np.array(["high", "low", "medium"])[pd.qcut(SIGNAL, 3, labels=False)],
    "regression": np.exp(SIGNAL.to_numpy()),
}
GRAMMARS = {
    task: Grammar(CATALOGUE, COLUMNS, Traits(task=task, n_rows=1000, least_target=0.1))
    for task in TARGETS
}


def at_defaults(name, *inputs):
    return Genome.canonical(name, *inputs, settings=CATALOGUE[name].defaults())


NUMERIC, CATEGORICAL = Genome("numeric"), Genome("categorical")
ALL_KINDS = Genome.canonical(
    "join",
    NUMERIC,
    Genome("durations"),
    at_defaults("ordinal_encoder", CATEGORICAL),
    at_defaults("ordered_encoder", Genome("ordered")),
    at_defaults("datetime_encoder", Genome("dates")),
)


def inputs_from(gappy, task):
    """Return what gives every type, the matrices made of a matrix with gaps."""
    matrix = at_defaults("simple_imputer", gappy)
    scaled = at_defaults("standard_scaler", matrix)
    model = at_defaults({"classification": "gaussian_nb", "regression": "ridge"}[task], scaled)
    counts = at_defaults("sparse_one_hot_encoder", CATEGORICAL)
    return {
        Categorical: CATEGORICAL,
        HighCardinality: Genome("high_cardinality"),
        Ordered: Genome("ordered"),
        Text: Genome("texts"),
        Date: Genome("dates"),
        Table: Genome.canonical("join", gappy, at_defaults("category_encoder", CATEGORICAL)),
        Gappy: gappy,
        Matrix: matrix,
        Complete: matrix,
        Counts: counts,
        Wide: Genome.canonical("join", scaled, counts),
        Scaled: scaled,
        Spread: at_defaults("kernel_scaler", scaled),
        Prediction: model,
        Output: model,
    }


INPUTS = {task: inputs_from(ALL_KINDS, task) for task in TARGETS}
QUICK = Genome.canonical("join", NUMERIC, at_defaults("ordinal_encoder", CATEGORICAL))
QUICK_INPUTS = {task: inputs_from(QUICK, task) for task in TARGETS}
# How what an operator gives goes on to a model, and the last model for every task.
ONWARDS = {
    HighCardinality: ("count_encoder",),
    Gappy: ("simple_imputer", "standard_scaler"),
    Matrix: ("standard_scaler",),
    Complete: ("standard_scaler",),
}
MODELS = {
    Spread: {"classification": "svc_rbf", "regression": "svr_rbf"},
    Table: {
        "classification": "hist_gradient_boosting_classifier",
        "regression": "hist_gradient_boosting_regressor",
    },
    Counts: {"classification": "multinomial_nb", "regression": "ridge"},
}
LAST = {"classification": "gaussian_nb", "regression": "ridge"}


def pipeline_around(
    operator,
    task,
    settings,
    inputs=INPUTS,
):
    """Return the smallest pipeline with an operator in it."""
    genome = Genome.canonical(operator.name, inputs[task][operator.takes], settings=settings)
    gives = operator.takes if operator.gives is None else operator.gives
    if issubclass(gives, Output):
        return genome
    for name in ONWARDS.get(gives, ()):
        genome = at_defaults(name, genome)
    return at_defaults(MODELS.get(gives, LAST)[task], genome)


def built(genome, *, final):
    return build_pipeline(
        genome,
        CATALOGUE,
        COLUMNS,
        random_state=0,
        final=final,
        rounds=ROUNDS if final else None,
    )


def fitted(pipeline, frame, task):
    """Fit as the search does, which has no ear for warnings."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pipeline.fit(frame, TARGETS[task])


def predictions(pipeline, frame, task):
    return pipeline.predict(frame) if task == "regression" else pipeline.predict_proba(frame)


@cache
def final_fit(name, task):
    """Return the fitted final pipeline of an operator at its defaults, and what was warned of."""
    operator = CATALOGUE[name]
    pipeline = built(pipeline_around(operator, task, operator.defaults()), final=True)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        pipeline.fit(FRAME, TARGETS[task])
    changes = (FutureWarning, DeprecationWarning, PendingDeprecationWarning)
    return pipeline, [
        str(warning.message) for warning in caught if issubclass(warning.category, changes)
    ]


def final_pipeline(name, task):
    return final_fit(name, task)[0]


@cache
def final_predictions(name, task):
    """Return what the final pipeline of an operator predicts."""
    return predictions(final_pipeline(name, task), FRAME, task)


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    for operator in CATALOGUE.values():
        locate(operator.path)  # what is loaded later is not limited
    with threadpool_limits(1):
        yield


@pytest.mark.slow
@each_case
def test_defaults_fit_and_repeat(name, task):
    operator = CATALOGUE[name]
    genome = pipeline_around(operator, task, operator.defaults())
    assert Genome.parse(genome.text) == genome
    assert GRAMMARS[task].contains(genome) or not operator.suits(GRAMMARS[task].traits)
    pipeline = built(genome, final=False)
    first = predictions(fitted(pipeline, CELLS, task), CELLS, task)
    assert first.shape == ((N_ROWS, 3) if task == "classification" else (N_ROWS,))
    assert np.isfinite(first).all()
    again = fitted(clone(pipeline), CELLS, task)
    np.testing.assert_array_equal(predictions(again, CELLS, task), first)
    if operator.rounds is not None and operator.rounds.attribute is not None:
        assert 1 <= int(getattr(pipeline.steps[-1][1], operator.rounds.attribute)) <= 2000


@pytest.mark.slow
@each_case
def test_the_final_pipeline_takes_the_raw_frame_and_repeats(name, task):
    pipeline = final_pipeline(name, task)
    expected = final_predictions(name, task)
    assert np.isfinite(expected).all()
    if task == "classification":
        assert set(pipeline.predict(FRAME)) <= set(TARGETS[task])
    again = fitted(clone(pipeline), FRAME, task)
    np.testing.assert_array_equal(predictions(again, FRAME, task), expected)
    copied = pickle.loads(pickle.dumps(pipeline))
    np.testing.assert_array_equal(predictions(copied, FRAME, task), expected)


@pytest.mark.slow
@each_case
def test_nothing_that_is_about_to_change_is_used(name, task):
    assert final_fit(name, task)[1] == []


@pytest.mark.slow
@each_case
def test_new_rows_are_predicted_one_by_one(name, task):
    """Also rows of new categories and missing cells, in any order of columns."""
    pipeline = final_pipeline(name, task)
    new = FRAME.head(3).assign(city=["Oslo", "Atlantis", None], age=[None, 30.0, np.inf])
    new = new[sorted(new, reverse=True)]
    together = predictions(pipeline, new, task)
    assert np.isfinite(together).all()
    alone = [predictions(pipeline, new.iloc[[row]], task) for row in range(len(new))]
    np.testing.assert_allclose(np.concatenate(alone), together, rtol=1e-6, atol=1e-9)


@pytest.mark.slow
@each_case
def test_blocks_of_rows_are_predicted_as_all_rows_are(name, task, monkeypatch):
    """But for last digits, on which the threads of linear algebra decide, and 32-bit features."""
    pipeline, frame = final_pipeline(name, task), pd.concat([FRAME] * 4, ignore_index=True)
    expected = predictions(pipeline, frame, task)
    method = "predict" if task == "regression" else "predict_proba"
    for n_rows in (64, 128):
        monkeypatch.setattr("automl.winner.new_rows.BLOCK", n_rows * len(COLUMNS.names))
        is_short = name in ("min_hash_encoder", "string_encoder")
        values = predicted(frame, pipeline, method)
        np.testing.assert_allclose(values, expected, rtol=1e-3 if is_short else 1e-9, atol=1e-9)


@pytest.mark.slow
@each_case
def test_the_columns_of_the_model_have_names(name, task):
    steps = final_pipeline(name, task)[:-1]
    names = steps.get_feature_names_out()
    assert len(set(names)) == len(names) == steps.transform(FRAME).shape[1]


CURVED = "svr_rbf svr_poly svr_sigmoid nu_svr_rbf mlp_regressor mlp_regressor_stopped".split()


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", [*(name for name in CATALOGUE if CATALOGUE[name].is_finish), *CURVED]
)
def test_rows_far_out_are_predicted(name):
    """Where a line leads further than any transformed target has a way back from, a curve too."""
    (task,) = CATALOGUE[name].tasks
    pipeline = final_pipeline(name, task)
    for far in (-1e9, -1e3, 1e3, 1e9):
        new = FRAME.assign(age=far, income=far, score=far)
        values = predictions(pipeline, new, task)
        assert np.isfinite(values).all()
        if task == "regression":
            assert values.min() >= TARGETS[task].min()
            assert values.max() <= TARGETS[task].max()
    near = predictions(pipeline, FRAME, task)
    np.testing.assert_array_equal(near, final_predictions(name, task))


def unknown_types(content, genome):
    """Return the types in a saved pipeline that neither its operators nor all pipelines name."""
    names = {part.operator for part in genome.walk()}.intersection(CATALOGUE)
    named = set(PARTS).union(*(CATALOGUE[name].types() for name in names))
    return set(skops.io.get_untrusted_types(data=content)) - named


SEVERAL = [(name, task) for name, task in CASES if not CATALOGUE[name].one_output]
TWO_TARGETS = {
    "regression": np.c_[TARGETS["regression"], FRAME["score"]],
    "classification": np.c_[TARGETS["classification"], np.tile(["a", "b", "c"], N_ROWS)[:N_ROWS]],
}
OF_LABELS = at_defaults("decision_tree_classifier", INPUTS["classification"][Complete])
SEVERAL_INPUTS = {**INPUTS, "classification": {**INPUTS["classification"], Output: OF_LABELS}}


@pytest.mark.parametrize(("name", "task"), SEVERAL)
def test_what_is_not_declared_for_one_target_takes_two(name, task):
    operator = CATALOGUE[name]
    genome = pipeline_around(operator, task, operator.defaults(), SEVERAL_INPUTS)
    pipeline = build_pipeline(genome, CATALOGUE, COLUMNS, random_state=0, n_outputs=2)
    predicts = operator.is_model or operator.is_finish
    pipeline = pipeline if predicts else pipeline[:-1]  # the last model may take one only
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pipeline.fit(CELLS, TWO_TARGETS[task])
        output = pipeline.predict(CELLS) if predicts else pipeline.transform(CELLS)
    assert output.shape[0] == N_ROWS
    if predicts:
        assert output.shape == TWO_TARGETS[task].shape
        probabilities = pipeline.predict_proba(CELLS) if task == "classification" else [output]
        assert all(np.isfinite(part).all() for part in probabilities)


SPARSE = Genome.canonical(
    "join",
    *(at_defaults("sparse_one_hot_encoder", Genome(kind)) for kind in ("categorical", "ordered")),
    at_defaults("tfidf_vectorizer", Genome("texts")),
)
TAKE_SPARSE = [case for case in CASES if Counts.fits(CATALOGUE[case[0]].takes)]


@pytest.mark.parametrize(("name", "task"), TAKE_SPARSE)
def test_what_is_declared_for_sparse_matrices_takes_them(name, task):
    operator = CATALOGUE[name]
    genome = at_defaults(name, SPARSE)
    gives = Counts if operator.gives is None else operator.gives
    if not gives.fits(Output):
        genome = at_defaults(MODELS.get(gives, LAST)[task], genome)
    assert GRAMMARS[task].contains(genome) or not operator.suits(GRAMMARS[task].traits)
    pipeline = fitted(built(genome, final=False), CELLS, task)
    assert sparse.issparse(pipeline[0].transform(CELLS))
    assert np.isfinite(predictions(pipeline, CELLS, task)).all()


@pytest.mark.parametrize("name", ["simple_imputer", "knn_imputer", "regression_imputer"])
def test_a_column_without_a_cell_in_training_is_kept(name):
    frame = CELLS.assign(age=np.nan)
    genome = at_defaults("ridge", at_defaults("standard_scaler", at_defaults(name, NUMERIC)))
    pipeline = build_pipeline(genome, CATALOGUE, Columns(numeric=("age",)), random_state=0)
    predicted = fitted(pipeline, frame, "regression").predict(frame)
    assert np.isfinite(predicted).all()


@pytest.mark.slow
@each_case
def test_sampled_settings_fit_or_are_refused(name, task):
    check_sampled_settings(name, task, np.random.default_rng(0), n_samples=1)


@pytest.mark.slow
@each_case
def test_more_samples_fit_or_are_refused(name, task):
    check_sampled_settings(name, task, np.random.default_rng(1), n_samples=SAMPLES)


def check_sampled_settings(name, task, rng, n_samples):
    operator = CATALOGUE[name]
    refused = []
    for _ in range(n_samples if operator.domains else 0):
        settings = {name: domain.sample(rng) for name, domain in operator.domains.items()}
        genome = pipeline_around(operator, task, settings, QUICK_INPUTS)
        assert Genome.parse(genome.text) == genome
        built(genome, final=False)
        pipeline = built(genome, final=True)
        try:
            predicted = predictions(fitted(pipeline, FRAME, task), FRAME, task)
            assert unknown_types(skops.io.dumps(pipeline), genome) == set()
        except ValueError as error:
            refused.append(str(error))
        else:
            assert np.isfinite(predicted).all(), settings
    assert not refused or operator.name in MAY_REFUSE, refused
    for message in refused:
        assert any(reason in message for reason in TOO_SMALL), message


@pytest.mark.slow
@each_case
def test_the_script_predicts_the_same(name, task, tmp_path):
    operator = CATALOGUE[name]
    source = export_script(
        Script(
            members=[Member(pipeline_around(operator, task, operator.defaults()), ROUNDS)],
            catalogue=CATALOGUE,
            columns=COLUMNS,
            task=task,
            target="target",
            options=BuildOptions(random_state=0),
            classes=["high", "low", "medium"] if task == "classification" else None,
        )
    )
    path = tmp_path / "script.py"
    path.write_text(source, "utf-8")
    module = runpy.run_path(str(path))
    exported = fitted(module["build_pipeline"](), FRAME, task)
    expected = final_predictions(name, task)
    np.testing.assert_allclose(predictions(exported, FRAME, task), expected, rtol=0, atol=1e-9)


@pytest.mark.slow
@each_case
def test_a_saved_pipeline_holds_known_types_and_predicts_the_same(name, task):
    pipeline = final_pipeline(name, task)
    genome = pipeline_around(CATALOGUE[name], task, CATALOGUE[name].defaults())
    content = skops.io.dumps(pipeline)
    assert unknown_types(content, genome) == set()
    loaded = skops.io.loads(content, trusted=sorted(known_types(CATALOGUE)))
    np.testing.assert_array_equal(predictions(loaded, FRAME, task), final_predictions(name, task))


def own_defaults(path):
    """Return the defaults of a class; those of boosted trees stand in a fitted model, too."""
    class_ = locate(path)
    parameters = inspect.signature(class_).parameters.values()
    defaults = {
        parameter.name: parameter.default
        for parameter in parameters
        if parameter.kind is not parameter.VAR_KEYWORD
    }
    for parent in class_.__mro__:
        for package, learn in LEARNED_DEFAULTS.items():
            if parent.__module__.startswith(package):
                defaults |= learn()
    return defaults


@cache
def xgboost_defaults():
    model = XGBRegressor(n_estimators=1).fit(np.eye(4), np.arange(4))
    config = json.loads(model.get_booster().save_config())
    trees = config["learner"]["gradient_booster"]["tree_train_param"]
    unset = {name: value for name, value in model.get_params().items() if name not in trees}
    numbers = ("learning_rate", "max_depth", "min_child_weight", "subsample", "colsample_bytree")
    numbers += ("reg_lambda", "reg_alpha")
    return unset | {name: round(float(trees[name]), 6) for name in numbers}


@cache
def lightgbm_defaults():
    """Return the defaults of parameters that the library has and the classes do not name."""
    from lightgbm import LGBMRegressor

    model = LGBMRegressor(n_estimators=1).fit(np.eye(4), np.arange(4))
    learnt = dict(re.findall(r"\[(\w+): (.*)\]", model.booster_.model_to_string()))
    return {
        "extra_trees": learnt["extra_trees"] != "0",
        "cat_smooth": float(learnt["cat_smooth"]),
        "min_data_per_group": int(learnt["min_data_per_group"]),
        "verbosity": int(learnt["verbosity"]),
    }


@cache
def catboost_defaults():
    """Return what the library makes of the classes' own, which are None."""
    from catboost import CatBoostRegressor

    frame = pd.DataFrame({"number": range(4), "text": list("aabb")})
    model = CatBoostRegressor(allow_writing_files=False, verbose=False, cat_features=["text"])
    return model.fit(frame, np.arange(4)).get_all_params()


LEARNED_DEFAULTS = {
    "xgboost": xgboost_defaults,
    "lightgbm": lightgbm_defaults,
    "catboost": catboost_defaults,
}


def value_of(argument):
    """Return what is made of an argument; a placeholder stands for itself."""
    return argument if argument in (ORDERS, QUANTILE) else make(argument)


def equal(value, reference):
    if isinstance(value, bool) or isinstance(reference, bool):
        return value is reference
    return bool(value == reference)


@each_operator
def test_every_departure_from_the_class_has_a_reason_and_no_reason_is_stale(name):
    operator = CATALOGUE[name]
    own = own_defaults(operator.path)
    chosen = {**operator.defaults(), **operator.fixed}
    assert chosen.keys() <= own.keys()
    differing = {name for name, value in chosen.items() if not equal(own[name], value_of(value))}
    assert differing == set(operator.reasons)
    assert all(operator.reasons.values())


@each_operator
def test_what_is_declared_belongs_together(name):
    operator = CATALOGUE[name]
    assert not operator.domains.keys() & operator.fixed.keys()
    assert operator.final.keys() <= operator.fixed.keys()
    assert "random_state" not in {*operator.domains, *operator.fixed}
    for domain in operator.domains.values():
        if isinstance(domain, Real):
            assert {type(domain.low), type(domain.high), type(domain.default)} == {float}
    if operator.rounds is not None:
        assert operator.rounds.parameter not in operator.domains
        assert operator.rounds.parameter in own_defaults(operator.final_path or operator.path)
    if operator.max_rows is not None:
        assert operator.min_rows < operator.max_rows


def settings_of_model(name, **options):
    genome = pipeline_around(CATALOGUE[name], CATALOGUE[name].tasks[0], CATALOGUE[name].defaults())
    pipeline = build_pipeline(genome, CATALOGUE, COLUMNS, **{"random_state": 0, **options})
    return pipeline.steps[-1][1].get_params()


def test_rounds_and_seeds_reach_the_model():
    searched = settings_of_model("hist_gradient_boosting_classifier", random_state=3)
    assert (searched["max_iter"], searched["early_stopping"]) == (1000, True)
    assert searched["random_state"] == 3
    final = settings_of_model("hist_gradient_boosting_classifier", rounds=17, final=True)
    assert (final["max_iter"], final["early_stopping"]) == (17, False)
    searched = settings_of_model("xgb_classifier", rounds=17, random_state=3)
    assert searched["n_estimators"] == 1000
    assert searched["random_state"] == 3
    final = settings_of_model("xgb_regressor", rounds=17, final=True)
    assert (final["n_estimators"], final["early_stopping_rounds"]) == (17, None)
    assert settings_of_model("random_forest_regressor", rounds=500)["n_estimators"] == 100
    final = settings_of_model("random_forest_regressor", rounds=500, final=True)
    assert final["n_estimators"] == 500


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in CATALOGUE if CATALOGUE[name].parallel])
def test_a_parallel_fit_is_the_same_fit(name):
    (task,) = CATALOGUE[name].tasks
    pipeline = clone(final_pipeline(name, task))
    pipeline.steps[-1][1].set_params(n_jobs=2)
    fitted(pipeline, FRAME, task).steps[-1][1].set_params(n_jobs=None)
    expected = final_predictions(name, task)
    np.testing.assert_array_equal(predictions(pipeline, FRAME, task), expected)


def test_a_regression_of_whole_numbers_is_a_regression():
    """Numbers such as 1.0, 2.0, 3.0 look like classes to scikit-learn."""
    (operator,) = [
        operator
        for operator in CATALOGUE.values()
        if operator.path.endswith(".TargetEncoder") and "regression" in operator.tasks
    ]
    pipeline = built(pipeline_around(operator, "regression", operator.defaults()), final=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pipeline.fit(CELLS, np.arange(N_ROWS) % 20.0)
    assert pipeline[:-1].transform(CELLS).shape == (N_ROWS, len(COLUMNS.categorical))


def test_a_catalogue_is_found_by_name_and_never_changes():
    catalogue = load_catalogue("default")
    names = list(catalogue)
    assert list(catalogue.only("ridge", "lasso")) == ["ridge", "lasso"]
    assert "ridge" not in catalogue.without("ridge")
    assert len(catalogue.without("ridge", "lasso")) == len(names) - 2
    changed = replace(catalogue["ridge"], max_rows=5)
    assert catalogue.with_operator(changed)["ridge"].max_rows == 5
    assert len(catalogue.with_operator(changed)) == len(names)
    assert catalogue["ridge"].max_rows is None
    assert list(catalogue) == names
    assert "none_such" not in catalogue


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({"takes": "Wide"}, "expected a type such as .*Wide in takes and gives, got 'Wide'"),
        ({"gives": int}, "got <class 'int'>"),
        ({"parts": ("no_such.Thing",)}, "no_such.Thing"),
        ({"parts": ("collections.Nothing",)}, "collections.Nothing"),
        ({"parts": ("OrderedDict",)}, "OrderedDict"),
        ({"parts": "collections.OrderedDict"}, "expected dotted paths .*, got 'c'"),
        ({"wrapper": Wrapper("sklearn.pipeline.Pipeline", "steps", parts=("a.B",))}, "a.B"),
    ],
    ids=str,
)
def test_types_and_parts_that_are_none_are_named(changes, shown):
    with pytest.raises(ValueError, match=f"ridge: .*{shown}"):
        CATALOGUE.with_operator(replace(CATALOGUE["ridge"], **changes))


def test_the_types_of_an_operator_are_its_classes_and_parts():
    wrapper = Wrapper("sklearn.pipeline.Pipeline", "steps", parts=("collections.Counter",))
    ridge = replace(CATALOGUE["ridge"], wrapper=wrapper, parts=("collections.OrderedDict",))
    assert ridge.types() == {
        "sklearn.linear_model.Ridge",
        "sklearn.pipeline.Pipeline",
        "collections.Counter",
        "collections.OrderedDict",
    }
    neighbors = CATALOGUE["k_neighbors_classifier"]
    assert neighbors.types() > {neighbors.path, neighbors.final_path}
    assert CATALOGUE.with_operator(ridge)["ridge"] == ridge


@pytest.mark.parametrize(
    ("call", "shown"),
    [
        (lambda: load_catalogue("huge"), ["'huge'", "'default'"]),
        (lambda: CATALOGUE.only("rigde"), ["'rigde'", "did you mean 'ridge'"]),
        (lambda: CATALOGUE.without("zzzzzz"), ["'zzzzzz'", "automl catalogue"]),
        (lambda: Catalogue([CATALOGUE["ridge"], CATALOGUE["ridge"]]), ["'ridge'"]),
    ],
    ids=["preset", "only", "without", "twice"],
)
def test_wrong_names_are_shown(call, shown):
    with pytest.raises(ValueError, match=r"called|expected") as caught:
        call()
    assert all(text in str(caught.value) for text in shown)
