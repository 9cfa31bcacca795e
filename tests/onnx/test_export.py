"""ONNX models of what predicts, run by onnxruntime beside Python on new rows."""

import json
import re
import sys

import numpy as np
import onnx
import onnxruntime
import pandas as pd
import pytest

from automl import (
    AutoMLClassifier,
    AutoMLRegressor,
    DataError,
    FileError,
    SettingsError,
    catalogue,
    load,
)
from automl.cli import main
from automl.onnx import StepError

N_ROWS = 300
BOOSTERS = ("xgb", "lgbm", "cat_boost")
PREPARING = (
    "simple_imputer",
    "one_hot_encoder",
    "ordinal_encoder",
    "category_encoder",
    "standard_scaler",
    "squashing_scaler",
)


def rows(seed):
    """Return rows with numbers, categories and missing cells, and a number that they tell."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "age": rng.normal(40, 10, N_ROWS).round(1),
            "pay": rng.lognormal(8, 1, N_ROWS).round(2),
            "city": rng.choice(["Oslo", "Rome", "Bern"], N_ROWS),
            "code": rng.choice(list("abcde"), N_ROWS),
        }
    )
    amount = frame["age"] / 10 + np.log(frame["pay"]) + 2 * (frame["city"] == "Oslo")
    amount += rng.normal(0, 0.3, N_ROWS)
    frame.loc[rng.random(N_ROWS) < 0.1, "age"] = np.nan
    frame.loc[rng.random(N_ROWS) < 0.1, "city"] = None
    return frame, amount


X, AMOUNT = rows(0)
NEW, _ = rows(1)
NEW.loc[::30, "city"] = "Paris"  # which training has not seen
TARGETS = {
    "text": np.where(AMOUNT.median() < AMOUNT, "yes", "no"),
    "numbers": pd.qcut(AMOUNT, 3, labels=[1, 2, 3]).astype(int),
    "booleans": AMOUNT.median() < AMOUNT,
    "small": pd.qcut(AMOUNT, 3, labels=[-1, 0, 1]).astype("int8"),
    "floats": (AMOUNT.median() < AMOUNT).astype("float32"),
    "amount": AMOUNT,
}


def search(target, *models, **options):
    """Return a fitted search among models."""
    task = "regressor" if target == "amount" else "classifier"
    class_ = AutoMLRegressor if task == "regressor" else AutoMLClassifier
    names = [model if model in catalogue("default") else f"{model}_{task}" for model in models]
    settings = {
        "catalogue": catalogue("default").only(*names, *PREPARING),
        "max_evaluations": len(models) + 2,
        "n_jobs": 1,
        "cv": 2,
        "verbose": 0,
        "random_state": 0,
    }
    return class_(**settings | options).fit(X, TARGETS[target])


@pytest.fixture(scope="module")
def ridge():
    """Return a fitted search that predicts numbers by a linear model; no test changes it."""
    return search("amount", "ridge")


def feeds(path, frame):
    """Return rows as anybody would hand them to a model, by its own notes."""
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    kinds = json.loads(session.get_modelmeta().custom_metadata_map["inputs"])
    tensors = {
        name: frame[[name]].to_numpy(np.float64)
        if kind == "number"
        else frame[[name]].astype(object).map(text, na_action="ignore").fillna("").to_numpy(object)
        for name, kind in kinds.items()
    }
    return session, tensors


def text(cell):
    """Return a cell as the page on production writes it."""
    return re.sub(r"^(-?\d+)\.0$", r"\1", str(cell).strip())


@pytest.mark.parametrize("target", ["text", "numbers", "booleans", "small", "floats"])
def test_classes_as_in_python(tmp_path, target):
    fitted = search(target, "logistic_regression", "random_forest", "mlp")
    path = tmp_path / "model.onnx"
    export = fitted.export_onnx(path, X)
    session, tensors = feeds(path, NEW)
    labels, probabilities = session.run(["label", "probabilities"], tensors)
    np.testing.assert_allclose(probabilities, fitted.predict_proba(NEW), rtol=0, atol=1e-6)
    assert (labels == fitted.predict(NEW)).all()
    assert export.largest_difference < 1e-6
    assert export.n_rows == N_ROWS
    assert str(export).startswith("ONNX and Python differ by ")
    notes = session.get_modelmeta().custom_metadata_map
    assert json.loads(notes["classes"]) == fitted.classes_.tolist()
    assert json.loads(notes["inputs"]) == export.inputs


@pytest.mark.slow
@pytest.mark.parametrize("model", [*BOOSTERS, "hist_gradient_boosting"])
@pytest.mark.parametrize("target", ["text", "numbers", "amount"])
def test_boosted_trees_as_in_python(tmp_path, model, target):
    if model == "cat_boost":  # it encodes categories by rows, which ONNX cannot hold
        preparing = catalogue("default").only(*PREPARING).without("category_encoder")
    else:
        preparing = catalogue("default").only("category_encoder", "simple_imputer")
    task = "regressor" if target == "amount" else "classifier"
    name = f"{model}_{task}" + ("" if model == "hist_gradient_boosting" else "_unstopped")
    operators = preparing.with_operator(catalogue("default")[name])
    fitted = search(target, catalogue=operators, max_evaluations=2, ensemble_size=1)
    path = tmp_path / "model.onnx"
    fitted.export_onnx(path, X)
    session, tensors = feeds(path, NEW)
    if target == "amount":
        (predictions,) = session.run(["prediction"], tensors)
        np.testing.assert_allclose(predictions, fitted.predict(NEW), rtol=0, atol=1e-4)
    else:
        (probabilities,) = session.run(["probabilities"], tensors)
        np.testing.assert_allclose(probabilities, fitted.predict_proba(NEW), rtol=0, atol=1e-6)


def test_numbers_as_in_python_and_after_load(tmp_path):
    fitted = search("amount", "ridge", "extra_trees", "lgbm_regressor_unstopped", refit="bagged")
    fitted.save(tmp_path / "saved")
    path = tmp_path / "model.onnx"
    export = load(tmp_path / "saved").export_onnx(path, X)
    assert export.n_other_labels == 0
    session, tensors = feeds(path, NEW)
    (predictions,) = session.run(["prediction"], tensors)
    assert predictions.shape == (N_ROWS,)
    np.testing.assert_allclose(predictions, fitted.predict(NEW), rtol=0, atol=1e-6)


def test_a_threshold_is_kept(tmp_path):
    fitted = search("text", "logistic_regression").set_threshold(0.2)
    path = tmp_path / "model.onnx"
    fitted.export_onnx(path, X)
    session, tensors = feeds(path, NEW)
    (labels,) = session.run(["label"], tensors)
    assert (labels == fitted.predict(NEW)).all()
    assert (labels == "yes").sum() > (fitted.predict_proba(NEW)[:, 1] > 0.5).sum()


def test_numbers_without_bounds_count_as_missing(ridge, tmp_path):
    path = tmp_path / "model.onnx"
    ridge.export_onnx(path, X)
    odd = NEW.assign(age=np.resize([np.inf, -1e200, np.nan], N_ROWS))
    session, tensors = feeds(path, odd)
    (predictions,) = session.run(["prediction"], tensors)
    np.testing.assert_allclose(predictions, ridge.predict(odd), rtol=0, atol=1e-9)


def test_the_file_is_plain_onnx(tmp_path):
    path = tmp_path / "model.onnx"
    search("text", "logistic_regression").export_onnx(path, X)
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    domains = {node.domain for node in model.graph.node}
    assert domains <= {"", "ai.onnx.ml"}  # any runtime has them
    assert [item.name for item in model.graph.output] == ["label", "probabilities"]
    assert list(tmp_path.iterdir()) == [path]


def test_a_step_without_a_form_is_named_and_nothing_is_written(tmp_path):
    operators = catalogue("default").only("cat_boost_classifier_unstopped", "category_encoder")
    fitted = search("text", catalogue=operators, max_evaluations=2)
    with pytest.raises(StepError, match=r"'cat_boost_classifier_unstopped' encodes categories"):
        fitted.export_onnx(tmp_path / "model.onnx", X)
    assert not list(tmp_path.iterdir())


def test_all_members_without_a_form_are_named(tmp_path):
    models = [f"cat_boost_classifier{ending}" for ending in ("", "_unstopped")]
    operators = catalogue("default").only(*models, "category_encoder")
    fitted = search("text", catalogue=operators, max_evaluations=4, ensemble_size=2)
    with pytest.raises(StepError) as caught:
        fitted.export_onnx(tmp_path / "model.onnx", X)
    assert len(caught.value.refusals) == 2


@pytest.mark.filterwarnings("ignore::automl.AutoMLWarning")  # of an order in time
def test_dates_are_refused(tmp_path):
    operators = catalogue("default").only("ridge", "datetime_encoder", *PREPARING)
    days = np.random.default_rng(2).integers(0, 20_000, N_ROWS)
    frame = X.assign(day=pd.Timestamp("1960-01-01") + pd.to_timedelta(days, unit="D"))
    fitted = AutoMLRegressor(
        catalogue=operators, max_evaluations=2, cv=2, n_jobs=1, verbose=0, random_state=0
    ).fit(frame, AMOUNT)
    with pytest.raises(StepError, match=r"reads dates or free text, the columns \['day'\]"):
        fitted.export_onnx(tmp_path / "model.onnx", frame)


def test_a_model_that_differs_is_refused(ridge, tmp_path, monkeypatch):
    monkeypatch.setattr("automl.onnx.inputs.LARGEST", 1e3)  # a wrong converter
    with pytest.raises(SettingsError, match="it would predict something else"):
        ridge.export_onnx(tmp_path / "model.onnx", X)
    assert not list(tmp_path.iterdir())


def test_wrong_arguments(ridge, tmp_path):
    with pytest.raises(DataError, match="expected one row or more"):
        ridge.export_onnx(tmp_path / "model.onnx", X[:0])
    with pytest.raises(FileError, match="folder that exists"):
        ridge.export_onnx(tmp_path / "no" / "model.onnx", X)
    several = AutoMLRegressor(
        catalogue=catalogue("default").only("ridge", *PREPARING),
        max_evaluations=2,
        cv=2,
        n_jobs=1,
        verbose=0,
    ).fit(X, pd.DataFrame({"a": AMOUNT, "b": -AMOUNT}))
    with pytest.raises(SettingsError, match="predicts one target"):
        several.export_onnx(tmp_path / "model.onnx", X)


@pytest.mark.parametrize("name", ["label", "automl/constant_2"])
def test_a_column_with_the_name_of_an_output_or_of_a_constant(tmp_path, name):
    frame = X.rename(columns={"age": name})
    fitted = AutoMLRegressor(
        catalogue=catalogue("default").only("ridge", *PREPARING),
        max_evaluations=2,
        cv=2,
        n_jobs=1,
        verbose=0,
    ).fit(frame, AMOUNT)
    with pytest.raises(SettingsError, match=f"can be called '{name}'; rename the column"):
        fitted.export_onnx(tmp_path / "model.onnx", frame)


def test_booleans_and_codes_as_they_are_written(tmp_path):
    rng = np.random.default_rng(3)
    member, shop = rng.random(N_ROWS) < 0.5, rng.integers(1, 4, N_ROWS)
    fitted = AutoMLRegressor(
        catalogue=catalogue("default").only("ridge", *PREPARING),
        max_evaluations=2,
        cv=2,
        n_jobs=1,
        verbose=0,
    ).fit(
        X.assign(member=member, shop=shop),
        AMOUNT + 5 * member + shop,
        kinds={"shop": "categorical"},
    )
    path = tmp_path / "model.onnx"
    fitted.export_onnx(path, X.assign(member=member, shop=shop))
    shops = pd.Series(shop, dtype="float64").where(rng.random(N_ROWS) < 0.8)
    for members in (member, np.where(member, "true", "false"), np.where(member, 1, 0)):
        new = NEW.assign(member=members, shop=shops)
        session, tensors = feeds(path, new)
        (predictions,) = session.run(["prediction"], tensors)
        np.testing.assert_allclose(predictions, fitted.predict(new), rtol=0, atol=1e-9)


@pytest.mark.parametrize("package", ["onnx", "onnxruntime", "skl2onnx"])
def test_a_missing_package_names_the_extra(ridge, tmp_path, monkeypatch, package):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(SettingsError, match=rf"needs {package}, .*'automl-gp\[onnx\]'"):
        ridge.export_onnx(tmp_path / "model.onnx", X)


def test_the_command_line(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    search("text", "logistic_regression").save("model")
    X.to_csv("train.csv", index=False)
    assert main(["export", "model", "best.onnx", "--rows", "train.csv"]) == 0
    assert "differ by" in capsys.readouterr().err
    assert onnx.load("best.onnx").graph.output[0].name == "label"
    for options, words in [
        (["best.onnx"], "add --rows FILE"),
        (["best.py", "--rows", "train.csv"], "--rows would read the rows of an ONNX model"),
        (["best.py", "--sep", ";", "--decimal", ","], "--sep and --decimal would read"),
        (["best.onnx", "--rows", "train.csv", "--dockerfile"], "for a script"),
        (["train.onnx", "--rows", "train.onnx"], "is the same file as --rows"),
    ]:
        assert main(["export", "model", *options]) == 1
        assert words in capsys.readouterr().err
