"""Seconds and evaluations run out."""

import math
import signal
import threading
import time
import weakref
from concurrent.futures import Future

import pytest

from automl.search.budget import FINISHING, Budget
from automl.search.interruption import Interruption


class TestBudget:
    def test_seconds_run_out(self):
        budget = Budget(seconds=10, started=Budget(evaluations=1).started - 100)
        assert budget.remaining() == 0
        assert budget.elapsed() >= 100

    def test_evaluations_run_out(self):
        budget = Budget(evaluations=2)
        assert [budget.allows(asked) for asked in range(3)] == [True, True, False]
        assert budget.is_ordered


def test_an_interrupt_leaves_a_few_seconds():
    budget = Budget(evaluations=10)
    assert budget.remaining() == math.inf
    assert budget.ignores_clock
    budget.interrupt()
    assert 0 < budget.remaining() <= FINISHING
    assert budget.is_interrupted
    assert budget.is_ordered  # the order of telling stays
    assert not budget.ignores_clock
    late = Budget(seconds=1e-9)
    late.interrupt()
    assert late.remaining() == 0


def test_a_wait_ends_with_the_budget_or_the_jobs():
    done, pending = Future(), Future()
    done.set_result(None)
    Budget(evaluations=1).wait([done])
    Budget(seconds=0.01).wait([done, pending])
    interrupted = Budget(evaluations=1)
    interrupted.interrupted = -math.inf
    interrupted.wait([pending])


def test_those_who_watch_a_wait_hear_its_pulses():
    budget, pending = Budget(evaluations=1), Future()
    budget.pulse = lambda: pending.done() or pending.set_result(None)
    budget.wait([pending])
    assert pending.done()


@pytest.fixture
def python_handler():
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_the_first_signal_is_a_mark_and_the_second_an_exception(python_handler):
    budget = Budget(evaluations=1)
    with Interruption(budget):
        signal.raise_signal(signal.SIGINT)
        assert budget.is_interrupted
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


class Ending:
    """An object at whose end a signal comes, where Python drops exceptions."""

    def __del__(self):
        signal.raise_signal(signal.SIGINT)


def finalized():
    weakref.finalize(set(), signal.raise_signal, signal.SIGINT)


def wait_after(end):
    end()
    while True:  # no event to wait for: the exception comes at any instruction
        time.sleep(0.001)


@pytest.mark.parametrize("end", [Ending, finalized])
def test_the_second_signal_is_heard_where_objects_end(python_handler, end, capfd):
    budget = Budget(evaluations=1)
    with Interruption(budget):
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            wait_after(end)
    assert capfd.readouterr() == ("", "")


def test_a_handler_of_the_user_stays(python_handler):
    signal.signal(signal.SIGINT, print)
    with Interruption(Budget(evaluations=1)):
        assert signal.getsignal(signal.SIGINT) is print
    assert signal.getsignal(signal.SIGINT) is print


def test_another_thread_hears_no_signals():
    handlers = []

    def fit():
        with Interruption(Budget(evaluations=1)):
            handlers.append(signal.getsignal(signal.SIGINT))

    before = signal.getsignal(signal.SIGINT)
    thread = threading.Thread(target=fit)
    thread.start()
    thread.join()
    assert handlers == [before]
