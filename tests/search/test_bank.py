"""Predictions for held-out rows are kept, dropped, and read again from the history."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from automl.outcome import FoldOutcome, Outcome, State
from automl.pipelines import Genome
from automl.search.bank import Bank
from automl.search.evaluated import Evaluated
from automl.search.history import History

FOLDS = 2
ROWS = 128
KIB = FOLDS * ROWS * 4 / 1024  # of one pipeline: 1, in 32-bit numbers

tables = st.tuples(st.integers(1, 4), st.sampled_from([32, 64])).flatmap(
    lambda drawn: arrays.arrays(
        f"float{drawn[1]}",
        st.tuples(st.integers(1, 5), st.just(drawn[0])),
        elements=st.floats(width=drawn[1]),  # infinity and NaN, too
    )
)


def genome_of(number):
    return Genome.canonical("ridge", Genome("numeric"), settings={"alpha": float(number + 1)})


def predictions_of(number, fold):
    return np.full((ROWS, 1), number + fold / 10, dtype=np.float32)


@pytest.fixture
def history(tmp_path):
    with History(tmp_path / "run.db") as history:
        history.open_run({"seed": 0}, resume=False)
        yield history


def put(bank, history, number, score, state=State.DONE, folds=FOLDS):
    """Evaluate a pipeline on its folds, and settle it."""
    genome = genome_of(number)
    history.add_trial(number, genome.text, tells_before=0)
    outcomes = []
    for fold in range(folds):
        outcome = FoldOutcome(State.DONE, score, predictions=predictions_of(number, fold))
        history.add_fold(number, fold, outcome)
        bank.put(number, fold, outcome)
        outcomes.append(outcome)
    outcome = Outcome(state, tuple(outcomes))
    bank.settle(Evaluated(genome, outcome, number, len(outcomes) // FOLDS))


def numbers_in(bank):
    return [int(candidate.genome.settings[0][1]) - 1 for candidate in bank.candidates()]


def numbers_on_disk(history):
    return [
        trial.number
        for trial in history.trials()
        if any(fold.predictions is not None for fold in trial.folds.values())
    ]


def test_the_best_come_first_with_all_their_predictions(history):
    bank = Bank(history)
    for number, score in enumerate([0.1, 0.7, 0.5, 0.9]):
        put(bank, history, number, score)
    put(bank, history, 4, 0.3, folds=2 * FOLDS)  # it has seen another draw
    assert numbers_in(bank) == [4, 3, 1, 2, 0]  # the constant prediction is the last
    assert len(bank) == 5
    for candidate, number in zip(bank.candidates(), numbers_in(bank), strict=True):
        assert candidate.genome == genome_of(number)
        assert len(candidate.held_out) == len(candidate.evaluated.outcome.folds)
        for fold, predictions in candidate.held_out.items():
            np.testing.assert_array_equal(predictions, predictions_of(number, fold))


@pytest.mark.parametrize(
    "state", [State.RACED_OUT, State.CRASHED, State.TIMED_OUT, State.REFUSED, State.OUT_OF_MEMORY]
)
def test_predictions_without_a_score_are_dropped(history, state):
    bank = Bank(history)
    put(bank, history, 0, 0.0)
    put(bank, history, 1, 0.5, state=state, folds=1)
    assert numbers_in(bank) == [0]
    assert numbers_on_disk(history) == [0]
    assert len(list(history.trials())[1].folds) == 1  # its outcome is kept


def test_the_reference_keeps_the_folds_that_it_came_through(history):
    bank = Bank(history, reference=genome_of(1))
    put(bank, history, 0, 0.5)
    put(bank, history, 1, 0.1, state=State.RACED_OUT, folds=1)
    assert numbers_in(bank) == [0]  # nothing to choose
    assert list(bank.find(genome_of(1)).held_out) == [0]
    assert bank.find(genome_of(0)).evaluated.score == 0.5
    assert bank.find(genome_of(7)) is None
    assert bank.find(None) is None
    assert numbers_on_disk(history) == [0, 1]


def test_a_pipeline_without_predictions_cannot_be_chosen(history):
    bank = Bank(history)
    bank.put(0, 0, FoldOutcome(State.DONE, 0.5))
    outcome = Outcome(State.DONE, (FoldOutcome(State.DONE, 0.5),))
    bank.settle(Evaluated(genome_of(0), outcome, number=0))
    assert bank.candidates() == []


def test_the_worst_is_dropped_first(history):
    bank = Bank(history, mebibytes=3 * KIB / 1024)
    for number, score in enumerate([0.9, 0.5, 0.6, 0.4, 0.7]):  # 0 is the constant prediction
        put(bank, history, number, score)
    assert numbers_in(bank) == [4, 2, 1]
    assert numbers_on_disk(history) == [1, 2, 4]
    put(bank, history, 5, 0.1)  # itself
    assert numbers_in(bank) == [4, 2, 1]


def test_baseline_and_reference_stay_even_over_the_bound(history):
    bank = Bank(history, genome_of(0), genome_of(1), mebibytes=2 * KIB / 1024)
    for number, score in enumerate([0.0, 0.1, 0.5, 0.9, 0.7]):
        put(bank, history, number, score)
    assert numbers_in(bank) == [3, 1, 0]
    assert numbers_on_disk(history) == [0, 1, 3]


def test_the_best_stays_even_if_it_is_too_large(history):
    bank = Bank(history, mebibytes=0)
    put(bank, history, 0, 0.1)
    put(bank, history, 1, 0.5)
    assert numbers_in(bank) == [1]
    put(bank, history, 2, 0.9)
    put(bank, history, 3, 0.6)
    assert numbers_in(bank) == [2]


@settings(max_examples=20)  # each makes a file
@given(
    scores=st.lists(st.floats(-5, 5), min_size=1, max_size=12),
    room=st.integers(1, 5),
    spared=st.sets(st.integers(0, 11), max_size=2),
)
def test_the_bound_always_holds(tmp_path_factory, scores, room, spared):
    path = tmp_path_factory.mktemp("bank") / "run.db"
    genomes = [genome_of(number) for number in spared]
    with History(path) as history:
        bank = Bank(history, *genomes, mebibytes=room * KIB / 1024)
        history.add_trial(0, "dummy(numeric)", tells_before=0)
        for number, score in enumerate(scores, start=1):
            put(bank, history, number, score)
        numbers = numbers_in(bank)
        assert sorted(numbers) == numbers_on_disk(history)
        assert scores[numbers[0] - 1] == max(scores)
        assert spared & set(range(1, len(scores) + 1)) <= set(numbers)
        droppable = [number for number in numbers[1:] if number not in spared]
        assert len(numbers) <= room or not droppable
        dropped = [scores[n - 1] for n in range(1, len(scores) + 1) if n not in numbers]
        assert all(scores[number - 1] >= max(dropped, default=-9) for number in droppable)


def test_another_bank_is_filled_from_the_history(history):
    bank = Bank(history, mebibytes=2 * KIB / 1024)
    scores = [0.0, 0.5, 0.6, 0.4]
    for number, score in enumerate(scores):
        put(bank, history, number, score)
    refilled = Bank(history, mebibytes=2 * KIB / 1024)
    for past in history.trials():
        for fold, outcome in past.folds.items():
            refilled.put(past.number, fold, outcome)
        outcome = Outcome(State.DONE, tuple(past.folds.values()))
        refilled.settle(Evaluated(Genome.parse(past.genome), outcome, past.number))
    assert numbers_in(refilled) == numbers_in(bank) == [2, 1]
    for read, written in zip(refilled.candidates(), bank.candidates(), strict=True):
        assert read.evaluated == written.evaluated
        for fold in range(FOLDS):
            np.testing.assert_array_equal(read.held_out[fold], written.held_out[fold])


@settings(max_examples=25)  # each makes a file
@given(st.lists(st.none() | tables, min_size=1, max_size=3))
def test_predictions_come_back_bit_for_bit(tmp_path_factory, parts):
    path = tmp_path_factory.mktemp("history") / "run.db"
    with History(path) as history:
        history.add_trial(0, "genome", tells_before=0)
        for fold, part in enumerate(parts):
            history.add_fold(0, fold, FoldOutcome(State.DONE, 0.5, predictions=part))
    with History(path) as history:
        (past,) = history.trials()
        for fold, part in enumerate(parts):
            read = past.folds[fold].predictions
            assert past.folds[fold] == FoldOutcome(State.DONE, 0.5)
            if part is None:
                assert read is None
            else:
                assert (read.shape, read.dtype) == (part.shape, part.dtype)
                assert read.tobytes() == part.tobytes()
                assert read.flags.writeable
        history.drop_predictions(0)
        history.drop_predictions(99)  # there is no such trial
        (past,) = history.trials()
        assert all(fold.predictions is None for fold in past.folds.values())
        assert len(past.folds) == len(parts)


def test_a_fold_is_written_with_its_predictions_or_not_at_all(history, tmp_path):
    history.add_trial(0, "genome", tells_before=0)
    with pytest.raises(AttributeError):
        history.add_fold(0, 0, FoldOutcome(State.DONE, 0.5, predictions=[0.5]))
    history.close()
    with History(tmp_path / "run.db") as reopened:
        (past,) = reopened.trials()
        assert past.folds == {}
