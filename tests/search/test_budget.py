"""Seconds and evaluations run out."""

from automl.search.budget import Budget


class TestBudget:
    def test_seconds_run_out(self):
        budget = Budget(seconds=10, started=Budget(evaluations=1).started - 100)
        assert budget.remaining() == 0
        assert budget.elapsed() >= 100

    def test_evaluations_run_out(self):
        budget = Budget(evaluations=2)
        assert [budget.allows(asked) for asked in range(3)] == [True, True, False]
        assert budget.is_ordered
