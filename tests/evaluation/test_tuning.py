"""The inner loop chooses by the inner folds, counts its fits, and never looks further."""

import numpy as np
import pytest

from automl.evaluation.tuning import tune
from automl.outcome import FoldOutcome, State
from automl.pipelines import Genome, Skeleton, load_catalogue
from automl.problem.splits import INSIDE

CATALOGUE = load_catalogue("default")
SVC = Genome.parse(
    "svc_rbf(kernel_scaler(max_abs_scaler(numeric), gamma=1.0), C=1.0, class_weight=None)"
)
ROWS = np.arange(3_000)
SPLITS = [(ROWS[fold != ROWS % 3], ROWS[fold == ROWS % 3]) for fold in range(3)]


class Judge:
    """Scores settings by how near C is to 100, and writes down its calls."""

    def __init__(self, noise=0.0, refuse=lambda genome: False):
        self.calls = []
        self.noise = noise
        self.refuse = refuse

    def __call__(self, genome, train, test):
        self.calls.append((genome, train, test))
        if self.refuse(genome):
            raise ValueError("not these settings")
        rng = np.random.default_rng(len(self.calls))
        score = -abs(np.log10(dict(genome.settings)["C"]) - 2) + rng.normal(scale=self.noise)
        return FoldOutcome(State.DONE, score=score, rounds=len(train))


def tuned(method, judge, trials=20, seed=0, splits=SPLITS):
    return tune(Skeleton(SVC, CATALOGUE), splits, method, trials, judge, seed)


@pytest.mark.parametrize("method", INSIDE)
class TestEveryMethod:
    def test_it_finds_better_settings_of_the_same_structure(self, method):
        judge = Judge()
        result = tuned(method, judge)
        assert Skeleton(SVC, CATALOGUE).contains(result.genome)
        chosen = dict(result.genome.settings)["C"]
        assert result.outcome.score == pytest.approx(-abs(np.log10(chosen) - 2))
        assert result.outcome.score > -1.5
        assert judge.calls[0][0] == SVC  # its own settings come first

    def test_it_looks_at_the_inner_folds_only(self, method):
        judge = Judge()
        tuned(method, judge)
        validation = {frozenset(test) for _, test in SPLITS}
        for _, train, test in judge.calls:
            assert frozenset(test) in validation
            assert not set(train) & set(test)
            assert set(train) <= set(ROWS)

    def test_it_counts_its_fits(self, method):
        judge = Judge()
        result = tuned(method, judge)
        assert result.n_fits == len(judge.calls)
        if method != "halving":
            assert result.n_fits == 20 * 3

    def test_the_seed_decides(self, method):
        assert tuned(method, Judge()).genome == tuned(method, Judge()).genome
        chosen = {tuned(method, Judge(), seed=seed).genome for seed in range(4)}
        assert (len(chosen) == 1) == (method == "grid")

    def test_settings_that_fail_are_passed_over(self, method):
        half = Judge(refuse=lambda genome: dict(genome.settings)["class_weight"] is None)
        result = tuned(method, half)
        assert dict(result.genome.settings)["class_weight"] == "balanced"
        with pytest.raises(ValueError, match="settings could be fitted: ValueError: not these"):
            tuned(method, Judge(refuse=lambda genome: True))

    def test_a_pipeline_without_settings_is_tried_as_it_is(self, method):
        plain = Genome.parse("lasso_cv(max_abs_scaler(numeric))")
        calls = []

        def judge(genome, train, test):
            calls.append(genome)
            return FoldOutcome(State.DONE, score=1.0)

        result = tune(Skeleton(plain, CATALOGUE), SPLITS, method, 20, judge, 0)
        assert result.genome == plain
        assert set(calls) == {plain}
        assert len(calls) == 3


def test_halving_gives_many_few_rows_and_few_all():
    judge = Judge()
    result = tuned("halving", judge, trials=9)
    sizes = [len(train) for _, train, _ in judge.calls]
    n_rows = len(SPLITS[0][0])
    n_by_size = {size: sizes.count(size) for size in sorted(set(sizes))}
    assert list(n_by_size) == [-(-n_rows // 9), -(-n_rows // 3), n_rows]
    assert list(n_by_size.values())[:2] == [9 * 3, 3 * 3]
    assert n_by_size[n_rows] in (3, 6)  # the winner, and the incumbent
    assert result.outcome.rounds == n_rows


def test_halving_of_few_rows_is_plain_comparison():
    rows = np.arange(60)
    judge = Judge()
    tuned("halving", judge, trials=9, splits=[(rows[:40], rows[40:])])
    assert [len(train) for _, train, _ in judge.calls] == [40] * 9


def test_halving_lets_nobody_lead_by_luck_on_few_rows():
    class Lucky(Judge):
        def __call__(self, genome, train, test):
            outcome = super().__call__(genome, train, test)
            few = len(train) < len(SPLITS[0][0])
            return FoldOutcome(State.DONE, score=-outcome.score if few else outcome.score)

    good = Genome.parse(SVC.text.replace("C=1.0", "C=100.0"))
    result = tune(Skeleton(good, CATALOGUE), SPLITS, "halving", 9, Lucky(), 0)
    assert result.genome == good


def test_learning_methods_beat_chance_where_chance_is_poor():
    def gap(method):
        return np.mean([tuned(method, Judge(), 40, seed).outcome.score for seed in range(5)])

    assert gap("bayesian") >= gap("random") - 0.02
    assert gap("hyperopt") >= gap("random") - 0.02
    assert gap("genetic") > -0.2
