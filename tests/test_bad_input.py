"""Bad input gets a clear error, or a sensible result with a warning."""

import warnings

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from automl import (
    AutoMLClassifier,
    AutoMLError,
    AutoMLRegressor,
    AutoMLWarning,
    BudgetError,
    DataError,
    FileError,
    NestedCV,
    Observer,
    Quantile,
    SettingsError,
    TunedThreshold,
    catalogue,
)

RNG = np.random.default_rng(0)
FRAME = pd.DataFrame(
    {
        "number": RNG.normal(size=60),
        "text": np.tile(["a", "b", None], 20),
        "flag": np.tile([True, False], 30),
    }
)
LABELS = np.where(FRAME["number"] + RNG.normal(scale=0.2, size=60) > 0, "yes", "no")
QUICK = {
    "max_evaluations": 2,
    "time_budget": None,
    "cv": NestedCV(outer=3, repeats=1),
    "n_jobs": 1,
    "verbose": 0,
    "random_state": 0,
}


def classify(X=FRAME, y=LABELS, fit=None, **options):
    return AutoMLClassifier(**{**QUICK, **options}).fit(X, y, **(fit or {}))


@pytest.mark.parametrize(
    ("X", "y", "words"),
    [
        (FRAME.iloc[:0], LABELS[:0], "n_samples=0"),
        (FRAME.iloc[:1], LABELS[:1], "n_samples=1"),
        (FRAME[[]], LABELS, "column that varies"),
        (FRAME, LABELS[:-1], "inconsistent"),
        (FRAME, np.repeat("yes", 60), "one class: ['yes']"),
        (FRAME, None, "requires y to be passed"),
        (FRAME, "number", "pass frame['number']"),
        (FRAME, np.where(FRAME["text"] == "a", None, LABELS), "20 of 60 missing"),
        (FRAME, np.array([1, "a"] * 30, dtype=object), "['int', 'str']"),
        (pd.concat([FRAME, FRAME], axis=1), LABELS, "['flag', 'number', 'text'] more than once"),
        (pd.DataFrame({"a": [np.nan] * 60, "b": [1] * 60}), LABELS, "'b': 'constant'"),
        (sparse.csr_matrix(np.eye(60)), LABELS, "parse"),
        (np.arange(60), LABELS, "1D array"),
        (FRAME, FRAME["number"], "AutoMLRegressor predicts numbers"),
        (FRAME, np.column_stack([LABELS] * 6), "up to 5, got 6 (an array of shape (60, 6))"),
        (FRAME, np.column_stack([LABELS, ["a"] * 60]), "in the target 'target_1', got one class"),
        (FRAME, pd.DataFrame({"a": LABELS, "b": [0, 1] * 30}), "got ['int', 'str']; turn them"),
    ],
)
def test_data_that_nothing_can_be_learnt_from(X, y, words):
    with pytest.raises((ValueError, TypeError)) as caught:
        classify(X, y)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"scoring": "roc_aux"}, "roc_aux"),
        ({"catalogue": "everything"}, "['default', 'fast', "),
        ({"catalogue": 3}, "expected a catalogue"),
        ({"catalogue": catalogue("default").only("standard_scaler")}, "add a model"),
        ({"strategy": "luck"}, "['genetic', 'random'"),
        ({"cv": 1}, "at least 2 folds"),
        ({"cv": "five"}, "five"),
        ({"time_budget": -1}, "above 0 seconds, got -1"),
        ({"max_evaluations": 0}, "at least 1, got 0"),
        ({"time_budget": None, "max_evaluations": None}, "got None for both"),
        ({"random_state": "seed"}, "'seed'"),
        ({"n_jobs": 0}, "got 0"),
        ({"n_jobs": "all"}, "'all'"),
        ({"time_budget": "60"}, "got '60'"),
        ({"max_evaluations": 2.5}, "got 2.5"),
        ({"callbacks": [print]}, "derived from automl.Observer, got <built-in"),
        ({"callbacks": Observer()}, "expected a list of callbacks, got"),
        ({"verbose": 3}, "expected verbose=0 (silent), 1 (progress and summary) or 2"),
        ({"verbose": -1}, "got -1"),
        ({"verbose": "1"}, "got '1'"),
        ({"limits": 30}, "expected limits as in Limits(seconds=30), got 30"),
        ({"scoring": lambda y, predicted: 1.0}, "make_scorer"),
        ({"scoring": TunedThreshold("roc_auc")}, "'balanced_accuracy', 'f1'"),
    ],
)
def test_settings_that_are_not_understood(options, words):
    with pytest.raises(SettingsError) as caught:
        classify(**options)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("include", "fit", "words"),
    [
        (
            ["mlp_classifier_stopped"],
            {},
            "mlp_classifier_stopped needs 2000 training rows, there are 40;",
        ),
        (["gaussian_nb", "ridge"], {}, None),
        (["ridge"], {}, "ridge is for regression;"),
        (["linear_discriminant_analysis"], {"sample_weight": np.ones(60)}, "takes sample_weight"),
    ],
)
def test_a_catalogue_whose_models_do_not_fit_says_why(include, fit, words):
    chosen = catalogue("default", include=include)
    if words is None:
        classify(catalogue=chosen, fit=fit)
        return
    with pytest.raises(SettingsError) as caught:
        classify(catalogue=chosen, fit=fit)
    assert words in str(caught.value)
    assert len(str(caught.value)) < 300


def test_an_operator_that_is_not_there_is_named_with_its_neighbor():
    with pytest.raises(ValueError, match="did you mean 'ridge'"):
        catalogue("default").without("rigde")


@pytest.mark.parametrize(
    ("fit", "words"),
    [
        ({"sample_weight": np.ones(3)}, "shape (60,), got shape (3,)"),
        ({"sample_weight": -np.ones(60)}, "zero or more"),
        ({"groups": np.ones(60)}, "two groups or more"),
        ({"groups": [1, 2]}, "got shape (2,)"),
        ({"groups": np.where(LABELS == "no", None, "a")}, "missing ones"),
    ],
)
def test_rows_that_do_not_match(fit, words):
    with pytest.raises(DataError) as caught:
        classify(fit=fit)
    assert words in str(caught.value)


def test_a_quantile_of_several_targets_is_refused():
    search = AutoMLRegressor(scoring=Quantile(0.5), **QUICK)
    with pytest.raises(SettingsError, match="a quantile is predicted of one target, got 2"):
        search.fit(FRAME, RNG.normal(size=(60, 2)))


def test_kinds_that_are_no_mapping_are_refused():
    with pytest.raises(SettingsError, match=r"expected kinds as in .* got \['number'\]"):
        classify(fit={"kinds": ["number"]})


def test_texts_that_are_all_different_are_left_out_with_a_warning():
    texts = [f"no. {number}" for number in range(60)]
    frame = FRAME.assign(price=texts, user_id=texts)
    with pytest.warns(AutoMLWarning, match=r"cell is different: \['price', 'user_id'\]"):
        classify(frame)


def test_a_text_target_of_a_regression():
    with pytest.raises(DataError, match="AutoMLClassifier predicts classes"):
        AutoMLRegressor(**QUICK).fit(FRAME, LABELS)


def test_a_budget_below_what_one_model_needs():
    with pytest.raises(BudgetError, match=r"ended after .* s, before one pipeline was evaluated"):
        AutoMLClassifier(time_budget=0.001, n_jobs=1, verbose=0).fit(FRAME, LABELS)


def test_mixed_types_are_texts():
    frame = FRAME.assign(mixed=np.array([1, "one", 2.5, None] * 15, dtype=object))
    with pytest.warns(AutoMLWarning, match="'mixed' is read as categories, though 66.7% of its"):
        search = classify(frame)
    assert "mixed" in search.columns_.categorical
    assert set(search.predict(frame)) <= {"yes", "no"}


def test_infinite_values_are_missing_ones_with_a_warning():
    frame = FRAME.assign(number=FRAME["number"].where(FRAME.index > 2, np.inf))
    with pytest.warns(AutoMLWarning, match=r"infinite values .* \['number'\]"):
        search = classify(frame)
    assert len(search.predict(frame)) == 60


def test_numbers_whose_squares_overflow_are_missing_ones_with_a_warning():
    frame = FRAME.assign(number=FRAME["number"].where(FRAME.index > 2, np.finfo(float).max))
    with pytest.warns(AutoMLWarning, match=r"numbers from 1e\+150 .* \['number'\]"):
        search = classify(frame)
    assert search.leaderboard_["state"].tolist() == ["done", "done"]
    assert len(search.predict(frame)) == 60


@pytest.mark.parametrize(
    "names",
    [
        pd.Index([1, "a", None], dtype=object),
        pd.Index([0, 1, 2]),
        pd.Index([("a", 1), ("a", 2), "b"], tupleize_cols=False),
        pd.MultiIndex.from_tuples([("a", 1), ("a", 2), ("b", 1)]),
    ],
    ids=str,
)
def test_columns_may_have_names_of_any_type(names):
    frame = FRAME.set_axis(names, axis=1)
    search = classify(frame)
    # pandas calls a column without a name so when it reads a file.
    texts = ["Unnamed: 2" if name is None else str(name) for name in names]
    assert search.feature_names_in_.tolist() == texts
    assert (search.predict(frame) == search.predict(frame.set_axis(texts, axis=1))).all()
    with pytest.raises(ValueError, match="expected the columns of fit"):
        search.predict(frame.iloc[:, 1:])


def test_columns_without_use_are_left_out():
    frame = FRAME.assign(empty=np.nan, constant="same")
    with pytest.warns(AutoMLWarning) as caught:
        search = classify(frame)
    assert [str(warning.message) for warning in caught] == [
        "columns of one value are left out: ['constant']",
        "columns without a cell are left out: ['empty']",
    ]
    assert set(search.columns_.dropped) == {"empty", "constant"}
    assert len(search.predict(frame.drop(columns="number").assign(number=1.0)[frame.columns])) == 60


def test_durations_are_used():
    rng = np.random.default_rng(2)
    hours = rng.integers(0, 100, 60)
    frame = FRAME.assign(time=pd.to_timedelta(hours, unit="h"))
    y = np.where(hours + rng.normal(scale=15, size=60) > 50, "late", "early")
    search = classify(frame, y)
    assert search.columns_.durations == ("time",)
    assert not search.columns_.dropped
    assert search.score(frame, y) > 0.8
    assert (search.columns_.read(frame)["time"] == hours * 3600).all()


def test_complex_numbers_are_left_out_with_a_warning():
    frame = FRAME.assign(wave=FRAME["number"] * 1j)
    with pytest.warns(AutoMLWarning, match="real and imaginary parts as two columns"):
        search = classify(frame)
    assert "wave" in search.columns_.dropped


def test_columns_that_are_the_target_in_disguise_are_told():
    rng = np.random.default_rng(1)
    frame = FRAME.assign(
        cents=np.where(LABELS == "yes", 1, -1) * rng.uniform(1, 2, 60),
        answer=np.where(LABELS == "yes", "Y", "N"),
    )
    with pytest.warns(AutoMLWarning, match=r"\['cents', 'answer'\] tell the target"):
        classify(frame)
    y = rng.normal(size=60)
    with pytest.warns(AutoMLWarning, match=r"\['number'\] tell the target"):
        AutoMLRegressor(**QUICK).fit(FRAME.assign(number=-np.exp(y)), y)


@pytest.mark.filterwarnings("ignore:no pipeline is better than the constant")  # noise, one fit
def test_a_target_in_disguise_is_told_in_spite_of_gaps():
    rng = np.random.default_rng(1)
    gaps = np.arange(60) % 10 == 0
    cents = np.where(LABELS == "yes", 1, -1) * rng.uniform(1, 2, 60)
    with pytest.warns(AutoMLWarning, match=r"\['cents'\] tell the target"):
        classify(FRAME.assign(cents=np.where(gaps, np.nan, cents)))
    y = rng.normal(size=60)
    with pytest.warns(AutoMLWarning, match=r"\['number'\] tell the target"):
        AutoMLRegressor(**QUICK).fit(FRAME.assign(number=np.where(gaps, np.nan, y**3)), y)


@pytest.mark.filterwarnings("ignore:no pipeline is better than the constant")  # noise, one fit
@pytest.mark.slow
def test_duplicate_rows_and_classes_of_one_row_are_told():
    rows = np.r_[np.arange(50), np.arange(10)]
    with pytest.warns(AutoMLWarning, match="17% of the rows are equal to another row"):
        classify(FRAME.iloc[rows], LABELS[rows])
    classify(FRAME.iloc[rows], LABELS[rows], fit={"groups": rows})  # is silent
    weights = np.repeat([1.0, 0.0], [50, 10])
    classify(FRAME.iloc[rows], LABELS[rows], fit={"sample_weight": weights})
    y = np.where(np.arange(60) == 7, "odd", LABELS)
    with pytest.warns(AutoMLWarning) as told:
        classify(y=y)
    assert any("a single row" in str(one.message) and "['odd']" in str(one.message) for one in told)


def test_kinds_that_are_known_better():
    frame = FRAME.assign(zip=np.tile([10, 20, 30, 40, 50], 12))
    found = classify(frame).columns_
    assert "zip" in found.numeric
    search = classify(frame, fit={"kinds": {"zip": "categorical", "flag": "left out"}})
    assert "zip" in search.columns_.categorical
    assert search.columns_.dropped == {"flag": "as kinds says"}
    assert len(search.predict(frame)) == 60


@pytest.mark.parametrize(
    ("kinds", "words"),
    [
        ({"zap": "numeric"}, "kinds has ['zap'], but the columns are"),
        ({"text": "words"}, "got {'text': 'words'}"),
        ({"text": "dates"}, "'text' is dates, but no cell can be read so: ['a', 'b', 'a']"),
    ],
)
def test_kinds_that_do_not_fit(kinds, words):
    with pytest.raises(SettingsError) as caught:
        classify(fit={"kinds": kinds})
    assert words in str(caught.value)


def test_fewer_rows_of_a_class_than_folds_is_told():
    with pytest.warns(AutoMLWarning, match="cv=5 needs as many rows of a class"):
        classify(FRAME.iloc[:6], ["a", "a", "b", "b", "a", "b"], cv=5)


@pytest.mark.filterwarnings("ignore:.*equal to another row")  # there is but one column of texts
def test_when_only_the_baseline_has_a_score_it_is_told_why():
    broken = catalogue("default").only("gaussian_nb", "ordinal_encoder")
    always_refused = FRAME[["text"]].assign(text=RNG.permutation(FRAME["text"]))

    def refusing(estimator, X, y):
        if type(estimator.steps[-1][1]).__name__ == "GaussianNB":
            raise ValueError("no such luck")
        return 0.5

    with pytest.warns(AutoMLWarning, match=r"only the constant baseline.*no such luck"):
        search = classify(always_refused, catalogue=broken, scoring=refusing)
    assert search.leaderboard_["state"].tolist() == ["done", "refused"]
    assert "no such luck" in search.leaderboard_["cause"][1]
    assert len(set(search.predict(always_refused))) == 1


def test_noise_is_told():
    def noise(estimator, X, y):
        return 0.0 if "Dummy" in type(estimator.steps[-1][1]).__name__ else -1.0

    with pytest.warns(AutoMLWarning) as told:
        classify(scoring=noise)
    messages = [str(one.message) for one in told]
    assert any("no pipeline is better than the constant" in one for one in messages)
    assert any("cannot be applied to predictions that were kept" in one for one in messages)


def test_the_same_columns_are_needed_again():
    search = classify()
    with pytest.raises(ValueError, match="expected the columns of fit"):
        search.predict(FRAME.drop(columns="text"))


def test_a_failed_export_leaves_the_old_file(tmp_path, monkeypatch):
    search = classify()
    path = tmp_path / "best.py"
    path.write_text("old")
    monkeypatch.setattr("pathlib.Path.replace", _full_disk)
    with pytest.raises(FileError, match="no space"):
        search.export(path)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(AutoMLError, match="folder that exists"):
        search.export(tmp_path / "none" / "best.py")


def _full_disk(*_):
    raise OSError("no space")


def test_a_fit_is_silent():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        classify()
