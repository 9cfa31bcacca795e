"""The study of ONNX forms: pipelines around operators, and the page."""

import json
import re

import pytest

from automl import catalogue
from benchmarks.running.provenance import read_provenance
from benchmarks.studies.onnx import TEXTS, OnnxDifference, OnnxForms, OnnxKey, made_rows
from benchmarks.studies.study import StudyRow


def test_keys():
    keys = list(OnnxForms().keys())
    assert OnnxKey("ridge", "numbers") in keys
    assert OnnxKey("ridge", "two classes") not in keys
    assert not any(key.operator == "tfidf_vectorizer" for key in keys)


def test_the_preset_has_what_has_a_form():
    rows = OnnxForms.journal.read_text("utf-8").splitlines()
    records = [json.loads(line) for line in rows]
    refused = {
        record["key"]["operator"] for record in records if record["result"]["difference"] is None
    }
    assert set(catalogue("default")) - set(catalogue("onnx")) == refused | TEXTS


def test_a_form_and_a_refusal():
    study = OnnxForms()
    form = study.measure(OnnxKey("standard_scaler", "two classes"))
    assert form.difference < 1e-9
    refused = study.measure(OnnxKey("regression_imputer", "numbers"))
    assert refused.difference is None
    assert refused.reason.startswith("`regression_imputer` ")


def test_a_form_that_differs_is_a_result(monkeypatch):
    monkeypatch.setattr("automl.onnx.inputs.LARGEST", 1.0)  # a wrong converter
    different = OnnxForms().measure(OnnxKey("standard_scaler", "numbers"))
    assert different.difference is None
    assert re.fullmatch(r"ONNX and Python differ by .* at most on 300 rows\.", different.reason)


@pytest.mark.parametrize(("target", "n"), [("two classes", 2), ("three classes", 3)])
def test_rows(target, n):
    frame, y = made_rows(target)
    assert y.nunique() == n
    assert frame["city"].isna().any()


def test_report():
    origin = read_provenance(1)
    rows = [
        StudyRow(OnnxKey("ridge", "numbers"), origin, OnnxDifference(2e-16)),
        StudyRow(OnnxKey("own", "numbers"), origin, OnnxDifference(None, "no converter")),
    ]
    report = OnnxForms.report(rows)
    assert "1 of 2 pipelines have an ONNX form" in report
    assert "| `own` |" in report
    assert "no converter" in report
    assert "2.0e-16" in report
