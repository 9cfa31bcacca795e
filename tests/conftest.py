"""What all tests share."""

import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import settings
from threadpoolctl import threadpool_limits

from automl import Observer

# On two shared cores a first example that imports scikit-learn takes longer than any fair limit.
# The examples are the same in every run, so that a failure is one for everybody.
EXAMPLES = {"automl": 50, "quick": 15}
for name, n_examples in EXAMPLES.items():
    settings.register_profile(name, deadline=None, derandomize=True, max_examples=n_examples)
settings.load_profile("automl")


def pytest_configure(config):
    if config.option.markexpr == "not slow":
        settings.load_profile("quick")


# Tests that take seconds and whose subject shorter ones try, too: `make test-thorough` runs them.
# A name without parameters stands for the test with all of them.
THOROUGH = set(Path(__file__).with_name("thorough.txt").read_text("utf-8").splitlines())


def pytest_collection_modifyitems(items):
    for item in items:
        if not THOROUGH.isdisjoint({item.nodeid, item.nodeid.partition("[")[0]}):
            item.add_marker(pytest.mark.thorough)


@pytest.fixture(scope="session", autouse=True)
def one_thread():
    """Let fits of this process have one thread: beside others, those of OpenMP wait by spinning."""
    import sklearn.ensemble  # noqa: F401 what is loaded later is not limited

    with threadpool_limits(1):
        yield


class BudgetClock(Observer):
    """A clock for budgets that an observer moves: each pipeline takes the seconds that it says.

    So the number of pipelines in a budget does not depend on how quick the machine is. The seconds
    that really pass are counted, too: budgets under test are so large that they have no say.
    """

    def __init__(self, seconds_each):
        self.seconds_each = seconds_each
        self.passed = 0.0

    def monotonic(self):
        return time.monotonic() + self.passed

    def on_evaluated(self, search, evaluated):
        self.passed += self.seconds_each


@pytest.fixture
def budget_clock(monkeypatch):
    """Return a function that makes budgets follow a clock by which pipelines take some seconds."""

    def make(seconds_each):
        clock = BudgetClock(seconds_each)
        monkeypatch.setattr("automl.search.budget.time", SimpleNamespace(monotonic=clock.monotonic))
        return clock

    return make
