"""Fits on a GPU that is not there: who owns it, and what is too large for it."""

import warnings

import numpy as np
import pytest

from automl import load
from automl.errors import AutoMLWarning
from automl.evaluation.device import is_too_large, predict_on_processor
from automl.pipelines import Genome
from automl.problem import nested_cv
from automl.problem.dataset import read_dataset
from automl.problem.pose import pose_problem
from automl.search.make import seconds_here
from tests.gpu import devices_in, gpu_catalogue, gpu_operator
from tests.searches import CLASSES, X, classifier, labels

TARGET = labels(0.4)


def problem_with(catalogue):
    dataset = read_dataset(X, TARGET, "classification")
    return pose_problem(dataset, catalogue=catalogue, cv=nested_cv(3, None), scoring=None, seed=0)


def gpu_search(folder, *models, most_rows=1000, **options):
    search = classifier(*models, **options)
    operators = search.catalogue.with_operator(gpu_operator(folder, most_rows=most_rows))
    if not models:
        operators = operators.without(*CLASSES)
    return search.set_params(catalogue=operators)


@pytest.mark.slow
def test_one_fit_at_a_time_owns_the_gpu(tmp_path):
    search = gpu_search(tmp_path, "gaussian_nb", n_jobs=2, max_evaluations=6).fit(X, TARGET)
    assert (search.leaderboard_["state"] == "done").all(), search.leaderboard_["cause"].tolist()
    assert devices_in(tmp_path) == {"cuda"}
    search.explain(X, TARGET, seconds=600)  # refits of all folds, asked for at once
    assert devices_in(tmp_path) == {"cuda"}


@pytest.mark.slow
def test_what_is_too_large_is_made_by_the_processor_and_told_once(tmp_path):
    search = gpu_search(tmp_path, most_rows=10, max_evaluations=3)
    with pytest.warns(AutoMLWarning, match="the memory of the GPU was too small") as issued:
        search.fit(X, TARGET)
    assert len(issued) == 1
    assert devices_in(tmp_path) == {"cpu"}
    assert search.best_pipeline_.steps[-1][1].device == "cpu"


@pytest.mark.slow
def test_other_errors_on_the_gpu_are_those_of_the_pipeline(tmp_path):
    search = gpu_search(tmp_path / "none", "gaussian_nb", max_evaluations=3).fit(X, TARGET)
    assert "No such file" in search.history_["cause"].str.cat()


def test_words_for_too_little_memory():
    for text in (
        "[10:00:00] src/c_api.cc: Memory allocation error on worker 0: std::bad_alloc: "
        "cudaErrorMemoryAllocation: out of memory",
        "catboost/cuda/cuda_lib/cuda_base.h:281: CUDA error 2: out of memory",
    ):
        assert is_too_large(RuntimeError(text))
    assert not is_too_large(ValueError("Input X contains NaN"))


@pytest.mark.filterwarnings("ignore:.*(No visible GPU|Device is changed)")
def test_a_fitted_model_predicts_without_a_gpu():
    from xgboost import XGBClassifier

    rng = np.random.default_rng(0)
    rows = rng.normal(size=(60, 2))
    model = XGBClassifier(n_estimators=2, device="cuda").fit(rows, rows[:, 0] > 0)
    predict_on_processor(model)
    assert model.get_params()["device"] == "cpu"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model.predict(rows)


def test_seconds_on_other_sets_do_not_count_on_a_gpu():
    catalogue = gpu_catalogue().only("xgb_classifier", "gaussian_nb")
    problem = problem_with(catalogue)
    boosted, plain = map(Genome.parse, ("xgb_classifier(numeric)", "gaussian_nb(numeric)"))
    assert seconds_here(problem, {boosted: 1.0, plain: 2.0}) == {plain: 2.0}


def test_what_stays_on_the_processor_is_named_by_a_fit():
    catalogue = gpu_catalogue("xgboost").only("xgb_classifier", "lgbm_classifier")
    with pytest.warns(AutoMLWarning, match=r"lightgbm has no CUDA here, so \['lgbm_classifier'\]"):
        problem_with(catalogue)


@pytest.mark.slow
def test_a_search_with_xgboost_from_fit_to_script(tmp_path):
    """Without a GPU, XGBoost takes the processor by itself; with one, all of it runs there."""
    catalogue = gpu_catalogue("xgboost").only("xgb_classifier", "ordinal_encoder")
    search = classifier(max_evaluations=3, catalogue=catalogue).fit(X, TARGET)
    assert "xgb_classifier" in search.best_genome_
    predictions = search.predict_proba(X)  # without a warning that there is no GPU
    search.export(tmp_path / "best.py", requirements=False)
    assert '\nDEVICE = "cuda"\n' in (tmp_path / "best.py").read_text("utf-8")
    search.save(tmp_path / "model")
    with pytest.warns(AutoMLWarning, match="catalogue"):
        loaded = load(tmp_path / "model")
    assert (loaded.predict_proba(X) == predictions).all()
