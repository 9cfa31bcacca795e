"""The choice after a search, with a score that is corrected for having been chosen.

::

    values of all pipelines ──► the best one ─────┐
    predictions of the best ──► greedy ensemble ──┼─► each choice repeated on resampled units,
                   of numbers └► stacked ensemble ┘   compared on the units left out
                                                          │
                         the choice with the best corrected score, its interval, its gain

The best of many pipelines is lucky as well as good. Resampling tells how lucky (BBC-CV): units are
drawn with replacement, and the choice is made again on them. The units that were not drawn had no
part in this choice, so the new choice has no luck on them. There it is compared with the choice on
all units, and the mean difference is the *correction*. The comparison is a control variate: both
choices share the difficulty of the units, so that their difference varies little.

The choice between the best pipeline and the ensembles is corrected in the same way. No pipeline is
fitted again.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from automl.outcome import HeldOut
from automl.problem import Problem
from automl.search.bank import Candidate
from automl.selection.evidence import Evidence, standard_error
from automl.selection.pool import Pool, Weigh
from automl.selection.row_values import Numbers

RESAMPLES = 200  # of the choice of a pipeline: its correction then varies by a few percent
# Units times resamples at most, down to a quarter of them: on many rows a choice is hardly lucky.
RESAMPLED_CELLS = 2_000_000
ENSEMBLE_ROWS = 60_000  # rows times resamples of the choice of an ensemble, which is dearer
ENSEMBLE_RESAMPLES = (6, 40)  # at least and at most
JACKKNIFED_RESAMPLES = 6  # of a scorer without a closed form, which is called often


@dataclass(frozen=True)
class Choice:
    """The choice of a search: pipelines with weights, and their score."""

    members: tuple[Candidate, ...]
    """The pipelines, the best first."""
    weights: tuple[float, ...]
    """Their weights, which sum to 1."""
    values: Numbers
    """The values of units; their mean is the score on the draws of the folds that count."""
    estimate: float
    """Its score, corrected for the choice."""
    naive: float
    """Its score, not corrected."""
    rescaled: Mapping[int, HeldOut] | None = None
    """Its probabilities by fold, where they are rescaled by what the other folds say."""

    @property
    def correction(self) -> float:
        """The change of the score by the correction, mostly less than 0."""
        return self.estimate - self.naive

    def held_out(self, evidence: Evidence) -> Mapping[int, HeldOut]:
        """Return its predictions for the first draw of the folds."""
        return self.rescaled or evidence.average(self.members, np.array(self.weights))


class Chooser(Pool):
    """Chooses a pipeline or an ensemble, and corrects the score of the choice.

    Parameters
    ----------
    problem : Problem
    candidates : sequence of Candidate
        At least one, the best first.
    size : int
        The number of members that an ensemble may have.
    rng : Generator
        It draws the units.
    """

    def __init__(
        self,
        problem: Problem,
        candidates: Sequence[Candidate],
        size: int,
        rng: np.random.Generator,
    ) -> None:
        super().__init__(Evidence(problem), candidates, size)
        self._rng = rng

    def choose(self) -> Choice:
        """Return the best ensemble, or the best pipeline if it is ahead by more than the noise."""
        single, values_left_out = self._single()
        if not self._averages:
            return single
        return self._best_of([(single, values_left_out), *map(self._ensemble, self._weighers())])

    def _best_of(self, choices: Sequence[tuple[Choice, Numbers]]) -> Choice:
        """Return the best of several choices, corrected for the choice among them.

        The first choice is a pipeline alone, which has to be better than the ensembles by more than
        the noise. An ensemble that is chosen on fewer rows is worse, so that its correction is too
        large rather than too small. The best pipeline is a member of every choice, so that it is
        fitted in any case.

        Parameters
        ----------
        choices : sequence of (Choice, ndarray of shape (n_units,))
            Each with the values of units where they are left out.
        """
        first, *ensembles = choices
        choices = [first, *(pair for pair in ensembles if self._is_ensemble(pair[0]))]
        estimates = np.array([choice.estimate for choice, _ in choices])
        table = np.array([values_left_out for _, values_left_out in choices])
        # The values show how units differ; they are shifted so that their mean is the estimate.
        table += (estimates - self._means(table, self.evidence.sizes))[:, None]
        handicaps = np.zeros(len(choices))
        if len(choices) > 1:
            rival = table[1 + estimates[1:].argmax()]
            handicaps[0] = standard_error(table[0] - rival, self.evidence.sizes)
        best = int((estimates - handicaps).argmax())
        choose_row = partial(self._best_row, table, handicaps)
        loss, _ = self._repeat(table[best], choose_row, self._count())
        return replace(choices[best][0], estimate=float(estimates[best]) + loss)

    def _is_ensemble(self, choice: Choice) -> bool:
        """Tell whether a choice has several members, the best pipeline among them."""
        return len(choice.members) > 1 and choice.members[0] is self.candidates[0]

    def _best_row(self, table: Numbers, handicaps: Numbers | float, drawn: Numbers) -> Numbers:
        """Return the row with the best mean over drawn units, less its handicap."""
        means = self._means(table, drawn * self.evidence.sizes)
        return np.asarray(table[(means - handicaps).argmax()])

    def _count(self) -> int:
        """Return the number of times that the choice of a row is repeated."""
        cells = RESAMPLED_CELLS / len(self.evidence.sizes)
        return int(np.clip(cells, RESAMPLES / 4, RESAMPLES))

    def _resamples(self, count: int) -> Iterator[tuple[Numbers, Numbers]]:
        """Yield the number of times that each unit is drawn, and a mask of the units left out."""
        n_units = len(self.evidence.sizes)
        for _ in range(count):
            drawn = np.bincount(self._rng.integers(n_units, size=n_units), minlength=n_units)
            # Without a unit that is left out, there is nothing to compare choices on.
            if (drawn == 0).any() and len(np.unique(drawn)) > 1:
                yield drawn.astype(np.float64), (drawn == 0).astype(np.float64)

    def _repeat(
        self, values: Numbers, choose: Callable[[Numbers], Numbers], count: int
    ) -> tuple[float, Numbers]:
        """Repeat a choice on drawn units, and compare it with the first one on units left out.

        Parameters
        ----------
        values : ndarray of shape (n_units,)
            The values of the choice on all units.
        choose : callable
            Takes the number of times that each unit is drawn; returns the values of the new choice.
        count : int
            The number of draws.

        Returns
        -------
        float
            The correction: the mean score of new choices less that of `values`, on units left out.
        ndarray of shape (n_units,)
            The values of new choices, each unit by the draws that leave it out.
        """
        sizes = self.evidence.sizes
        losses: list[float] = []
        sums, times = np.zeros(len(sizes)), np.zeros(len(sizes))
        for drawn, is_left_out in self._resamples(count):
            # Differences rather than scores: which units are left out matters little to these.
            differences = choose(drawn) - values
            losses.append(float(np.average(differences, weights=is_left_out * sizes)))
            sums += is_left_out * differences
            times += is_left_out
        return _mean(losses), values + sums / np.maximum(times, 1)

    def with_members(
        self, members: Sequence[Candidate], weights: Sequence[float], correction: float
    ) -> Choice:
        """Return the choice of members that are given.

        Parameters
        ----------
        members : sequence of Candidate
            The best first.
        weights : sequence of float
            They sum to 1.
        correction : float
            The correction of the score.
        """
        if len(members) == 1:
            naive = members[0].evaluated.score or 0.0
            values = self.evidence.values(members[0].held_out)
        else:
            values = self.evidence.values(self.evidence.average(members, np.array(weights)))
            # The best may have seen more draws of the folds: on the first it was lucky, too.
            gains = values - self._values_of([0], [1.0])
            best = self.candidates[0].evaluated.score or 0.0
            naive = best + float(np.average(gains, weights=self.evidence.sizes))
        return Choice(tuple(members), tuple(weights), values, naive + correction, naive)

    def _single(self) -> tuple[Choice, Numbers]:
        """Return the best pipeline, and its values where units are left out."""
        # New choices are made by score alone, so the favorite is, too. The best candidate may be
        # another pipeline, if it has seen more draws of the folds.
        favorite = self._values[self._scores.argmax()]
        choose_row = partial(self._best_row, self._values, 0.0)
        loss, values_left_out = self._repeat(favorite, choose_row, self._count())
        return self.with_members(self.candidates[:1], [1.0], loss), values_left_out

    def _ensemble(self, weigh: Weigh) -> tuple[Choice, Numbers]:
        """Return an ensemble, and its values where units are left out."""
        pool = [0, *(number for number in self._pool(self._scores) if number)]
        members, weights = self._members(pool, weigh(pool, None))
        values = self._values_of(members, weights)
        count = ensemble_resamples(len(self.evidence.rows))
        count = count if self._is_quick else min(count, JACKKNIFED_RESAMPLES)

        # The pool is chosen anew, too, for luck had a part in its choice.
        def choose(drawn: Numbers) -> Numbers:
            pool = self._pool(self._means(self._values, drawn * self.evidence.sizes))
            return self._values_of(*self._members(pool, weigh(pool, drawn)))

        loss, values_left_out = self._repeat(values, choose, count)
        candidates = [self.candidates[number] for number in members]
        return self.with_members(candidates, weights, loss), values_left_out

    def _values_of(self, members: list[int], weights: list[float]) -> Numbers:
        """Return the values of units for an ensemble on the first draw of the folds."""
        candidates = [self.candidates[number] for number in members]
        if len(members) == 1 and len(candidates[0].held_out) == len(self.evidence.folds):
            return np.asarray(self._values[members[0]])
        return self.evidence.values(self.evidence.average(candidates, np.array(weights)))


def ensemble_resamples(n_rows: int) -> int:
    """Return how often the choice of an ensemble is repeated.

    Parameters
    ----------
    n_rows : int
        The held-out rows.
    """
    return int(np.clip(ENSEMBLE_ROWS / n_rows, *ENSEMBLE_RESAMPLES))


def _mean(losses: Sequence[float]) -> float:
    """Return the mean loss of new choices; 0 where no unit can be left out."""
    return float(np.mean(losses)) if losses else 0.0
