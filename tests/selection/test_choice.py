"""The score of a choice among many is corrected to the true one, on data where that is known.

Predictions are random numbers, so that the true score of every pipeline and ensemble is known.
"""

import re
import time
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from automl.outcome import FoldOutcome, Outcome, State
from automl.pipelines import Genome, load_catalogue
from automl.problem import NestedCV, Problem, outer_splits
from automl.problem.dataset import read_dataset
from automl.problem.metric import TunedThreshold, resolve_metric
from automl.search.bank import Candidate
from automl.search.evaluated import Evaluated
from automl.selection import (
    Chooser,
    Growth,
    HonestScore,
    SlowScorerError,
    check_scorer,
    choice_seconds,
    honest_score,
)
from automl.selection.evidence import Evidence, standard_error
from automl.selection.pool import POOL, POOL_PER_MODEL

CATALOGUE = load_catalogue("default")
MODELS = [operator.name for operator in CATALOGUE.values() if operator.is_model]
ONCE = NestedCV(outer=5, repeats=1)
SEEDS = 20
N = 300


def problem_of(y, scoring=None, cv=ONCE, **options):
    task = "regression" if np.asarray(y).dtype.kind == "f" else "classification"
    frame = pd.DataFrame({"number": np.random.default_rng(10**6).normal(size=len(y))})
    dataset = read_dataset(frame, y, task, **options)
    classes = None if dataset.classes is None else dataset.classes.tolist()
    return Problem(
        dataset=dataset,
        catalogue=CATALOGUE,
        splits=outer_splits(dataset, cv, seed=0),
        metric=resolve_metric(scoring, task, classes),
        seed=0,
        cv=cv,
    )


def candidate_of(problem, number, predict, draws=1):
    """Return a pipeline whose predictions for the rows of a fold come from `predict`."""
    row_values = Evidence(problem).row_values
    data = problem.dataset
    held_out, folds = {}, []
    for fold in range(problem.folds_per_repeat * draws):
        rows = problem.held_out(fold)
        weights = None if data.sample_weight is None else data.sample_weight[rows]
        held_out[fold] = predict(rows, fold).astype(np.float32)
        score = row_values.score(data.y[rows], held_out[fold], weights)
        folds.append(FoldOutcome(State.DONE, score))
    genome = Genome.canonical(MODELS[number % len(MODELS)], Genome("numeric"))
    return Candidate(Evaluated(genome, Outcome(State.DONE, tuple(folds)), number=1), held_out)


def ranked(candidates):
    return sorted(candidates, key=lambda candidate: -candidate.evaluated.score)


def fixed(table):
    """Return a function that predicts the same in each fold."""
    return lambda rows, fold: table[rows]


def chances(high):
    return np.stack([1 - high, high], axis=-1)


class Noise:
    """A target, and pipelines that predict it at random."""

    def __init__(self, seed, scoring, n_pipelines, n=N):
        rng = np.random.default_rng(seed)
        if scoring == "neg_mean_squared_error":
            y, table = rng.normal(size=n), 0.5 * rng.normal(size=(n_pipelines, n, 1))
        else:
            y = rng.permutation(np.arange(n) % 2)
            table = chances(rng.uniform(0.2, 0.8, size=(n_pipelines, n)))
        self.problem = problem_of(y, scoring)
        self.unranked = [
            candidate_of(self.problem, number, fixed(predictions))
            for number, predictions in enumerate(table)
        ]
        self.candidates = ranked(self.unranked)

    def worth(self, weights):
        """Return the expected score of an average of these with other random numbers."""
        if self.problem.dataset.classes is not None:
            return 0.5
        return -np.mean(self.problem.dataset.y**2) - 0.25 * np.sum(np.square(weights))

    def chooser(self, size=1, seed=0):
        return Chooser(self.problem, self.candidates, size, np.random.default_rng(seed))


def standard_errors(values):
    """Return the mean of values, in units of its standard error."""
    return np.mean(values) / (np.std(values, ddof=1) / np.sqrt(len(values)))


SCORINGS = ("roc_auc", "accuracy", "neg_mean_squared_error")


@pytest.mark.slow
@pytest.mark.parametrize("scoring", SCORINGS)
def test_the_best_of_many_random_pipelines_is_worth_nothing(scoring):
    naive, honest, gains, covered = [], [], [], 0
    for seed in range(SEEDS):
        noise = Noise(seed, scoring, n_pipelines=200 if scoring == "roc_auc" else 60)
        chooser = noise.chooser()
        choice = chooser.choose()
        truth = noise.worth([1])
        naive.append(choice.naive - truth)
        honest.append(choice.estimate - truth)
        score = honest_score(chooser.evidence, choice, noise.unranked[0], "the first that came")
        gains.append(score.gain_probability)
        covered += score.low < truth < score.high
    assert standard_errors(naive) > 5  # so far off it would be if nothing were corrected
    assert abs(standard_errors(honest)) < 2
    assert abs(np.mean(honest)) < 0.15 * np.mean(naive)
    assert 0.3 < np.mean(gains) < 0.62
    assert np.mean(np.array(gains) > 0.95) <= 0.1
    assert covered >= 0.9 * SEEDS


@pytest.mark.slow
def test_where_outliers_decide_the_interval_reaches_further_to_the_worse():
    """Of squared errors with a long tail, most samples have too few large ones."""
    truth = -np.exp(0.25)  # the root of the mean of exp(spread) under the standard normal
    covered, plain, seeds = 0, 0, 150
    for seed in range(seeds):
        rng = np.random.default_rng(seed)
        y = rng.normal(size=N) * np.exp(rng.normal(size=N) / 2)
        problem = problem_of(y, "neg_root_mean_squared_error")
        chooser = Chooser(problem, [candidate_of(problem, 0, fixed(np.zeros((N, 1))))], 1, rng)
        honest = honest_score(chooser.evidence, chooser.choose(), chooser.candidates[0], "itself")
        better, worse = honest.high - honest.estimate, honest.estimate - honest.low
        assert 0 < better < worse
        covered += honest.low <= truth <= honest.high
        plain += abs(truth - honest.estimate) <= better
    assert covered > 0.9 * seeds > plain


@pytest.mark.slow
@pytest.mark.parametrize(
    ("scoring", "kind"),
    [
        ("accuracy", "_greedy"),
        *(("neg_mean_squared_error", way) for way in ("_greedy", "_stacked")),
    ],
)
def test_ensembles_of_random_pipelines_are_worth_nothing_either(scoring, kind):
    naive, honest = [], []
    for seed in range(SEEDS):
        noise = Noise(seed, scoring, n_pipelines=40)
        chooser = noise.chooser(size=5)
        choice, _ = chooser._ensemble(getattr(chooser, kind))
        truth = noise.worth(choice.weights)
        naive.append(choice.naive - truth)
        honest.append(choice.estimate - truth)
    assert standard_errors(naive) > 5
    assert abs(standard_errors(honest)) < 2.5
    assert abs(np.mean(honest)) < 0.2 * np.mean(naive)


@pytest.mark.slow
def test_the_best_of_two_estimates_is_corrected_for_being_the_best():
    honest, best = [], []
    for seed in range(2 * SEEDS):
        chooser = Noise(seed, "accuracy", n_pipelines=20).chooser(size=5)
        kinds = [chooser._single(), chooser._ensemble(chooser._greedy)]
        best.append(max(choice.estimate for choice, _ in kinds) - 0.5)
        honest.append(chooser._best_of(kinds).estimate - 0.5)
    assert standard_errors(best) > 1.5
    assert abs(standard_errors(honest)) < 2
    assert abs(np.mean(honest)) < 0.5 * np.mean(best)


def test_a_pipeline_that_is_truly_better_needs_no_correction():
    rng = np.random.default_rng(0)
    y = rng.permutation(np.arange(N) % 2)
    problem = problem_of(y)
    high = np.clip(0.5 + 0.2 * (2 * y - 1) + 0.15 * rng.normal(size=N), 0, 1)
    candidates = [candidate_of(problem, 0, fixed(chances(high)))]
    guesses = [
        candidate_of(problem, number, fixed(chances(rng.uniform(size=N))))
        for number in range(1, 50)
    ]
    chooser = Chooser(problem, ranked(candidates + guesses), 5, np.random.default_rng(0))
    choice, _ = chooser._single()
    assert choice.members[0] is candidates[0]
    assert choice.correction == pytest.approx(0, abs=1e-9)
    score = honest_score(chooser.evidence, choice, guesses[0], "a guess")
    assert score.gain_probability > 0.999
    assert score.low < score.estimate <= score.high <= 1
    assert chooser.choose().estimate == pytest.approx(choice.estimate, abs=0.01)


def test_members_that_err_differently_are_worth_more_together():
    rng = np.random.default_rng(0)
    y = rng.normal(size=N)
    problem = problem_of(y)
    tables = y[:, None] + rng.normal(size=(6, N, 1))
    candidates = ranked(
        [
            candidate_of(problem, number, fixed(predictions))
            for number, predictions in enumerate(tables)
        ]
    )
    chooser = Chooser(problem, candidates, 5, np.random.default_rng(0))
    choice = chooser.choose()
    truth = -np.sqrt(np.sum(np.square(choice.weights)))
    assert 3 <= len(choice.members) <= 5
    assert sum(choice.weights) == pytest.approx(1)
    assert list(choice.members) == [member for member in candidates if member in choice.members]
    assert choice.estimate == pytest.approx(truth, abs=0.06)
    assert chooser._single()[0].estimate < choice.estimate - 0.2
    score = honest_score(chooser.evidence, choice, candidates[0], "the best alone")
    assert score.gain_probability > 0.99
    assert score.baseline == pytest.approx(candidates[0].evaluated.score, abs=1e-6)
    with_noise = chooser.with_members(choice.members[:1], [1.0], -0.1)
    assert (with_noise.naive, with_noise.correction) == (
        candidates[0].evaluated.score,
        pytest.approx(-0.1),
    )


def test_averages_are_no_luckier_than_the_best_alone_for_seeing_the_first_draw_only():
    """The best was the best on the first draw; on other draws it has no luck."""
    rng = np.random.default_rng(0)
    y = rng.normal(size=N)
    problem = problem_of(y, cv=NestedCV(outer=5, repeats=3))

    def lucky(rows, fold):
        noise = np.random.default_rng(fold).normal(size=len(rows))
        return (y[rows] + (0.5 if fold < 5 else 1.0) * noise)[:, None]

    best = candidate_of(problem, 0, lucky, draws=3)
    assert best.evaluated.score == pytest.approx(-5 / 6, abs=0.05)
    copy = replace(best, held_out={fold: best.held_out[fold] for fold in range(5)})
    chooser = Chooser(problem, [best, copy], 5, np.random.default_rng(0))
    average = chooser.with_members([best, copy], [0.5, 0.5], 0.0)
    assert average.naive == pytest.approx(best.evaluated.score, abs=1e-6)
    assert chooser.choose().estimate == pytest.approx(best.evaluated.score, abs=1e-6)


def test_a_winner_is_not_better_than_itself():
    """Folds of different sizes weigh alike in the mean over the folds, and so do rows."""
    rng = np.random.default_rng(0)
    for n in (51, 52, 53, 54):
        y = rng.normal(size=n)
        problem = problem_of(y)
        candidate = candidate_of(problem, 0, fixed(rng.normal(size=(n, 1))))
        chooser = Chooser(problem, [candidate], 5, np.random.default_rng(0))
        score = honest_score(chooser.evidence, chooser.choose(), candidate, "itself")
        assert score.estimate == score.naive == pytest.approx(candidate.evaluated.score)
        assert score.baseline == pytest.approx(score.estimate)
        assert score.gain_probability == 0.5
        assert f"No better than itself ({score.baseline:.4g})." in str(score)


def test_a_constant_has_its_own_score_and_gains_nothing_by_more_rows():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 60)
    problem = problem_of(y, "roc_auc")
    candidates = [candidate_of(problem, 0, fixed(rng.dirichlet([1, 1], size=60)))]
    constant = candidate_of(problem, 1, fixed(np.full((60, 2), 0.5)))
    chooser = Chooser(problem, candidates, 1, rng)
    choice = replace(chooser.choose(), estimate=chooser.choose().naive - 0.02)
    options = {"growth": Growth(0.1), "grows": False}
    score = honest_score(chooser.evidence, choice, constant, "a constant", **options)
    assert score.baseline == pytest.approx(0.5)


def test_nothing_is_better_or_worse_for_a_constant_target():
    problem = problem_of(np.full(40, 3.3))
    first = candidate_of(problem, 0, fixed(np.full((40, 1), 3.3)))
    second = candidate_of(problem, 1, fixed(np.full((40, 1), 3.3 + 1e-6)))
    chooser = Chooser(problem, [second], 1, np.random.default_rng(0))
    score = honest_score(chooser.evidence, chooser.choose(), first, "a constant prediction")
    assert "No better than a constant prediction" in str(score)


def test_a_reference_that_saw_one_fold_is_compared_there():
    rng = np.random.default_rng(0)
    y = rng.normal(size=N)
    problem = problem_of(y)
    good = candidate_of(problem, 0, fixed((y + 0.3 * rng.normal(size=N))[:, None]))
    bad = candidate_of(problem, 1, fixed((y + rng.normal(size=N))[:, None]))
    chooser = Chooser(problem, [good], 1, np.random.default_rng(0))
    choice = chooser.choose()
    complete = honest_score(chooser.evidence, choice, bad, "a bad one")
    first = honest_score(
        chooser.evidence, choice, replace(bad, held_out={0: bad.held_out[0]}), "a bad one"
    )
    assert first.estimate == complete.estimate
    assert first.baseline == pytest.approx(-1, abs=0.3)
    assert complete.baseline == pytest.approx(-1, abs=0.1)
    assert min(first.gain_probability, complete.gain_probability) > 0.99


def test_a_score_in_words():
    noise = Noise(0, "roc_auc", n_pipelines=5)
    chooser = noise.chooser()
    text = str(
        honest_score(chooser.evidence, chooser.choose(), noise.candidates[-1], "a random forest")
    )
    number = r"-?\d[\d.]*"
    assert re.fullmatch(
        rf"roc_auc {number} on new rows, with 95 % confidence between {number} and {number}\. "
        rf"Better than a random forest \({number}\) with a probability of \d+ %\. "
        rf"Not corrected, it would be {number}\.",
        text,
    ), text


def test_no_gain_is_said_to_be_certain():
    score = HonestScore(0.9, 0.89, 0.91, 0.9, 0.5, 0.999, "roc_auc", "a random forest")
    assert "with a probability of more than 99 %." in str(score)
    assert "Worse than a random forest (0.5) with a probability of 99 %." in str(
        replace(score, gain_probability=0.01)
    )


@pytest.mark.parametrize(
    ("scoring", "perfect"), [("roc_auc", 1), ("accuracy", 1), ("neg_log_loss", 0)]
)
def test_no_score_is_better_than_perfect(scoring, perfect):
    y = np.arange(60) % 2
    problem = problem_of(y, scoring)
    almost = np.where(np.arange(60) == 7, 1 - y, y) * 0.999
    candidates = ranked(
        [
            candidate_of(problem, 0, fixed(chances(almost))),
            candidate_of(problem, 1, fixed(chances(np.full(60, 0.5)))),
        ]
    )
    chooser = Chooser(problem, candidates, 5, np.random.default_rng(0))
    score = honest_score(chooser.evidence, chooser.choose(), candidates[1], "a constant prediction")
    assert score.low < score.estimate <= score.high <= perfect
    assert score.gain_probability > 0.8


def test_nothing_is_perfect_by_a_function_of_the_user():
    def neg_cost(estimator, X, y):
        return 100 * float(np.mean(estimator.predict(X) == y))

    y = np.random.default_rng(0).permutation(np.arange(40) % 2)
    problem = problem_of(y, neg_cost)
    high = np.where(np.arange(40) % 4 == 0, 1 - y, y)
    candidate = candidate_of(problem, 0, fixed(chances(high)))
    chooser = Chooser(problem, [candidate], 1, np.random.default_rng(0))
    score = honest_score(chooser.evidence, chooser.choose(), candidate, "itself")
    assert score.estimate == pytest.approx(75)
    assert score.low < 75 < score.high


def test_groups_are_drawn_together():
    """Rows of a group are copies, so that a lucky pipeline is lucky with all of them."""
    corrections = {}
    rng = np.random.default_rng(0)
    groups = np.repeat(np.arange(40), 5)
    y = np.repeat(rng.normal(size=40), 5)
    tables = np.repeat(rng.normal(size=(30, 40, 1)), 5, axis=1)
    for name, unit_groups in (("grouped", groups), ("rows", None)):
        problem = problem_of(y, "neg_mean_squared_error", groups=unit_groups)
        candidates = ranked(
            [
                candidate_of(problem, number, fixed(predictions))
                for number, predictions in enumerate(tables)
            ]
        )
        chooser = Chooser(problem, candidates, 1, np.random.default_rng(0))
        choice = chooser.choose()
        score = honest_score(chooser.evidence, choice, candidates[-1], "the worst")
        corrections[name] = choice.correction, score.high - score.low
    assert corrections["grouped"][0] < corrections["rows"][0] < 0
    assert corrections["grouped"][1] == pytest.approx(np.sqrt(5) * corrections["rows"][1], rel=0.15)


def test_one_group_is_held_out():
    """There is nothing to resample, so nothing is corrected and nothing breaks."""
    rng = np.random.default_rng(0)
    splits = [(np.arange(30), np.arange(30, 60))]
    y = rng.normal(size=60)
    for scoring in (None, "r2"):
        problem = problem_of(y, scoring, cv=NestedCV(outer=splits), groups=np.repeat([0, 1], 30))
        candidates = ranked(
            [
                candidate_of(problem, number, fixed((y + rng.normal(size=60))[:, None]))
                for number in range(3)
            ]
        )
        chooser = Chooser(problem, candidates, 5, np.random.default_rng(0))
        assert chooser.choose().correction == 0
        score = honest_score(chooser.evidence, chooser.choose(), candidates[-1], "the worst")
        assert np.isfinite([score.estimate, score.low, score.high, score.gain_probability]).all()


def test_weights_count_in_choice_and_score():
    rng = np.random.default_rng(0)
    y = rng.normal(size=100)
    weights = np.where(np.arange(100) < 50, 1.0, 0.0)  # of the other half nothing is known
    problem = problem_of(y, sample_weight=weights)
    table = (y + np.where(np.arange(100) < 50, 0.1, 9.0) * rng.normal(size=100))[:, None]
    good = candidate_of(problem, 0, fixed(table))
    poor = candidate_of(problem, 1, fixed((y + rng.normal(size=100))[:, None]))
    chooser = Chooser(problem, ranked([good, poor]), 5, np.random.default_rng(0))
    choice = chooser.choose()
    assert choice.members[0] is good
    assert choice.estimate > -0.15
    assert len(choice.values) == 50


def test_predictions_without_an_average_make_no_ensemble():
    rng = np.random.default_rng(0)
    y = rng.permutation(np.arange(100) % 2)
    labels = problem_of(y, TunedThreshold("f1"))
    two_targets = problem_of(rng.normal(size=(100, 2)), cv=ONCE)
    for problem, shape in ((labels, (100, 2)), (two_targets, (100, 2))):
        tables = rng.integers(0, 2, (4, *shape)).astype(float)
        candidates = ranked(
            [
                candidate_of(problem, number, fixed(predictions))
                for number, predictions in enumerate(tables)
            ]
        )
        choice = Chooser(problem, candidates, 5, np.random.default_rng(0)).choose()
        assert choice.members == (candidates[0],)
        assert choice.weights == (1.0,)
        assert choice.correction <= 0


def test_a_size_of_1_and_a_single_pipeline_are_no_ensembles():
    noise = Noise(0, "accuracy", n_pipelines=5)
    assert len(noise.chooser(size=1).choose().members) == 1
    alone = Chooser(noise.problem, noise.candidates[:1], 5, np.random.default_rng(0)).choose()
    assert alone.members == (noise.candidates[0],)
    assert alone.correction == 0


def test_the_same_seed_gives_the_same_choice():
    noise = Noise(1, "accuracy", n_pipelines=20)
    first, second = (noise.chooser(size=4, seed=3).choose() for _ in range(2))
    assert (first.members, first.weights, first.estimate) == (
        second.members,
        second.weights,
        second.estimate,
    )


def test_relatives_do_not_fill_the_pool():
    noise = Noise(0, "accuracy", n_pipelines=60)
    few = [
        replace(
            candidate,
            evaluated=replace(
                candidate.evaluated,
                genome=Genome.canonical(MODELS[number % 4], Genome("numeric")),
            ),
        )
        for number, candidate in enumerate(noise.candidates)
    ]
    chooser = Chooser(noise.problem, few, 5, np.random.default_rng(0))
    pool = chooser._pool(chooser._scores)
    assert len(pool) == 4 * POOL_PER_MODEL
    names = [few[number].genome.operator for number in pool]
    assert max(map(names.count, names)) == POOL_PER_MODEL
    many = noise.chooser(5)
    assert len(many._pool(many._scores)) == POOL
    assert len(few) > POOL


def test_a_pipeline_that_lacks_a_fold_is_left_out():
    noise = Noise(0, "accuracy", n_pipelines=3)
    best = noise.candidates[0]
    lacking = replace(best, held_out={fold: best.held_out[fold] for fold in range(4)})
    candidates = [lacking, *noise.candidates[1:]]
    chooser = Chooser(noise.problem, candidates, 1, np.random.default_rng(0))
    assert chooser.candidates == candidates[1:]
    assert chooser.choose().members == (candidates[1],)


def test_few_positive_rows_that_are_all_found_are_no_certainty():
    widths = []
    for positive in (10, 20, 150):
        y = (np.arange(N) < positive).astype(int)
        problem = problem_of(y, "roc_auc")
        perfect = candidate_of(problem, 0, fixed(chances(0.1 + 0.8 * y)))
        guess = candidate_of(problem, 1, fixed(chances(np.full(N, 0.5))))
        chooser = Chooser(problem, [perfect, guess], 1, np.random.default_rng(0))
        score = honest_score(chooser.evidence, chooser.choose(), guess, "a guess")
        assert score.estimate == score.high == 1
        widths.append(1.96 / (score.estimate - score.low))
    np.testing.assert_allclose(widths, [10, 20, 150], rtol=1e-3)


@pytest.mark.parametrize(("lead", "is_alone"), [(0.0, False), (0.1, False), (2.0, True)])
def test_a_pipeline_alone_has_to_be_ahead_by_the_noise(lead, is_alone):
    noise = Noise(0, "neg_mean_squared_error", n_pipelines=3)
    chooser = noise.chooser(size=3)
    first, second = chooser.candidates[:2]
    alone = chooser.with_members([first], [1.0], 0.0)
    together = chooser.with_members([first, second], [0.5, 0.5], 0.0)
    together = replace(together, values=alone.values + 0.1 * np.sin(np.arange(N)))
    error = standard_error(together.values - alone.values, np.ones(N))
    together = replace(together, estimate=alone.estimate - lead * error)
    of_one = replace(together, members=(first,), estimate=alone.estimate + 9)
    pairs = [(choice, choice.values) for choice in (alone, together, of_one)]
    best = chooser._best_of(pairs)
    assert (len(best.members) == 1) == is_alone
    assert best.estimate < alone.estimate + 1  # an ensemble of one is none


def test_growth_makes_no_score_perfect():
    noise = Noise(0, "roc_auc", n_pipelines=5)
    chooser = noise.chooser()
    choice = chooser.choose()
    loss = 1 - choice.estimate
    little, much = (
        honest_score(chooser.evidence, choice, noise.candidates[-1], "the worst", Growth(gain))
        for gain in (0.001, 10 * loss)
    )
    assert little.growth == pytest.approx(0.001, rel=0.01)
    assert 0.9 * loss < much.growth < loss
    assert much.estimate < 1


def test_the_time_of_a_choice_grows_with_the_number_of_candidates():
    problem = problem_of(np.arange(20_000) % 2)
    seconds = [choice_seconds(Evidence(problem), n) for n in (5, 20, POOL, 2 * POOL)]
    assert seconds[0] < 0.6 * seconds[2]
    assert seconds[1] == pytest.approx(seconds[2], rel=0.02)
    assert seconds[2] == pytest.approx(seconds[3], rel=0.05)


def test_a_scorer_that_takes_longer_than_the_budget_has_left_is_told():
    """A choice calls it a thousand times, in the process of the user, where nothing ends it."""

    def slow(estimator, X, y):
        time.sleep(0.01)
        return float((estimator.predict(X) == y).mean())

    problem = problem_of(np.arange(N) % 2, slow)
    halves = np.full((N, 2), 0.5)
    candidates = [candidate_of(problem, number, fixed(halves)) for number in range(3)]
    with pytest.raises(SlowScorerError, match=r"scoring=slow takes .* the budget has 5$"):
        check_scorer(problem, candidates, 5.0)
    check_scorer(problem, candidates, 1e6)  # enough on any machine
    check_scorer(problem, candidates, np.inf)
    evidence = Evidence(problem)
    assert choice_seconds(evidence, 3, 0.01) > 3 * choice_seconds(evidence, 3, 0.0)


def test_a_choice_that_is_probably_worse_is_called_so():
    noise = Noise(0, "roc_auc", n_pipelines=5)
    chooser = noise.chooser()
    worst = chooser.with_members(noise.candidates[-1:], [1.0], 0.0)
    score = honest_score(chooser.evidence, worst, noise.candidates[0], "a random forest")
    assert score.gain_probability < 0.5
    sure = f"{100 * (1 - score.gain_probability):.0f} %"
    words = f"Worse than a random forest ({score.baseline:.4g}) with a probability of {sure}."
    assert words in str(score)
