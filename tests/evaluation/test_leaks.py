"""Noise has no score: the nested one stays around chance; leaks that are made on purpose do not.

Random labels of 200 rows with many columns are easy to fit and impossible to predict. A pipeline
that looks at held-out rows before it is scored on them has a score above chance.
"""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from automl.evaluation import evaluate_fold, tune_fold
from automl.evaluation.fitness import fit_and_score
from automl.evaluation.tuning import tune
from automl.pipelines import Genome, Skeleton, load_catalogue
from automl.problem import NestedCV, Problem, outer_splits
from automl.problem.dataset import read_dataset
from automl.problem.metric import resolve_metric

CHANCE = 0.5
SEEDS = 36  # one fold each: folds of the same rows would tell less
CONFIDENCE = 0.99
STEPS = ("simple_imputer", "select_percentile_classif", "gaussian_nb")


def noise(seed, tuner, n_columns):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(rng.normal(size=(200, n_columns))).rename(columns=str)
    dataset = read_dataset(frame, rng.permutation(np.tile(["a", "b"], 100)), "classification")
    cv = NestedCV(outer=3, inner=2, tuner=tuner, trials=4)
    return Problem(
        dataset=dataset,
        catalogue=load_catalogue("default"),
        splits=outer_splits(dataset, cv, seed),
        metric=resolve_metric("roc_auc", "classification", ["a", "b"]),
        seed=seed,
        cv=cv,
    )


def nested(problem, fold):
    return evaluate_fold(problem, genome_of(problem), fold).score


def tuned_as_a_leader(problem, fold):
    """Score the settings that halving finds in a training part on the rows outside of it."""
    child = tune_fold(problem, genome_of(problem), fold).tuned
    return evaluate_fold(problem, Genome.parse(child), fold).score


def tuned_on_held_out_rows(problem, fold):
    """Leak: the settings are chosen by the part that then gives the score."""

    def evaluate(genome, train, test):
        return fit_and_score(problem, genome, train, test)

    skeleton = Skeleton(genome_of(problem), problem.catalogue)
    return tune(skeleton, [problem.splits[fold]], "random", 6, evaluate, 0).outcome.score


def selected_on_all_rows(problem, fold):
    """Leak: a supervised selector outside the folds."""
    data = problem.dataset
    t = stats.ttest_ind(data.frame[data.y == "a"], data.frame[data.y == "b"]).statistic
    best = data.frame.columns[np.argsort(-np.abs(t))[:25]]
    columns = replace(data.columns, numeric=tuple(best))
    part = replace(data, frame=data.frame[list(best)], columns=columns)
    return evaluate_fold(replace(problem, dataset=part), genome_of(problem), fold).score


def genome_of(problem):
    """Return a selector and a model, with their default settings."""
    genome = Genome("numeric")
    for name in STEPS:
        genome = Genome.canonical(name, genome, settings=problem.catalogue[name].defaults())
    return genome


def interval_of(score, tuner, n_columns):
    """Return the confidence interval of the mean score over noise of many seeds."""
    scores = []
    for seed in range(SEEDS):
        problem = noise(seed, tuner, n_columns)
        scores.append(score(problem, seed % len(problem.splits)))
    low, high = stats.t.interval(CONFIDENCE, SEEDS - 1, np.mean(scores), stats.sem(scores))
    return float(low), float(high)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("score", "tuner"), [(nested, None), (nested, "random"), (tuned_as_a_leader, "auto")]
)
def test_the_nested_score_of_noise_is_chance(score, tuner):
    low, high = interval_of(score, tuner, n_columns=60)
    assert low <= CHANCE <= high
    assert high - low < 0.08  # an interval that holds everything would show nothing


@pytest.mark.slow
@pytest.mark.parametrize("leak", [tuned_on_held_out_rows, selected_on_all_rows])
def test_a_leak_on_purpose_is_caught(leak):
    low, _ = interval_of(leak, None, n_columns=500)
    assert low > CHANCE
