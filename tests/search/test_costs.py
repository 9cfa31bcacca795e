"""Seconds of pipelines are learnt from the folds that ended."""

from automl.outcome import FoldOutcome, State
from automl.pipelines import Genome
from automl.search.costs import Costs


def done(score, seconds=1.0, rounds=None):
    return FoldOutcome(State.DONE, score=score, fit_seconds=seconds, rounds=rounds)


class TestCosts:
    quick, slow = Genome.parse("ridge(numeric)"), Genome.parse("ridge(pca(numeric))")

    def test_a_pipeline_takes_the_mean_of_its_folds(self):
        costs = Costs()
        for seconds in (1.0, 3.0):
            costs.note(self.quick, done(0.5, seconds))
        assert costs.seconds(self.quick) == 2.0

    def test_a_new_pipeline_takes_at_least_as_long_as_its_slowest_operator(self):
        costs = Costs()
        costs.note(self.slow, done(0.5, 5.0))
        costs.note(self.quick, done(0.5, 1.0))
        assert costs.seconds(Genome.parse("lasso(numeric)")) == 1.0
        assert costs.seconds(Genome.parse("lasso(pca(numeric))")) == 5.0

    def test_a_stopped_fold_counts_and_a_failed_fold_does_not(self):
        costs = Costs()
        costs.note(self.quick, FoldOutcome(State.REFUSED, fit_seconds=0.1))
        assert costs.seconds(self.quick) == 0.0
        costs.note(self.quick, FoldOutcome(State.TIMED_OUT, fit_seconds=9.0))
        assert costs.seconds(self.quick) == 9.0
