"""The choice after a search, and what its score is worth: corrected for having been chosen.

::

    values of all pipelines ──► the best one ─────┐
    predictions of the best ──► greedy ensemble ──┼─► each choice repeated on resampled units,
                   of numbers └► stacked ensemble ┘   compared on the units left out
                                                          │
                         the choice with the best corrected score, its interval, its gain

The best of many is lucky as well as good. How lucky, resampling tells: whatever is chosen on the
drawn units is compared, on the units that were not drawn, with what was chosen on all of them
(BBC-CV). The choice between the best one and the ensembles is corrected in the same way. No
pipeline is fitted again.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from math import hypot

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from automl.problem import Problem
from automl.search.bank import Candidate
from automl.selection.ensemble import greedy_weights, stacked_weights
from automl.selection.evidence import Evidence, skewness, standard_error
from automl.selection.row_values import EPSILON, Numbers

RESAMPLES = 200  # of the choice of one pipeline: its correction is then good to a few percent
RESAMPLED_CELLS = 2_000_000  # units times resamples at most, down to a quarter of them
ENSEMBLE_ROWS = 60_000  # rows times resamples of the choice of an ensemble, which is dearer
ENSEMBLE_RESAMPLES = (6, 40)  # at least and at most
# Scorers that know no closed form are called often: for fewer pipelines, in fewer resamples.
JACKKNIFED = 25
JACKKNIFED_RESAMPLES = 6
POOL = 25  # pipelines that an ensemble is chosen from
POOL_PER_MODEL = 5  # of these with the same model: relatives err alike
CONFIDENCE = 0.95
UNBOUNDED = ("positive_likelihood_ratio",)  # other scorers of scikit-learn end at 1, losses at 0


@dataclass(frozen=True)
class Growth:
    """By how much a final fit is better than the fits of the folds."""

    gain: float = 0.0
    """In units of the score; never below 0."""
    error: float = 0.0
    """Its standard error."""


NO_GROWTH = Growth()


@dataclass(frozen=True)
class HonestScore:
    """What the winner's score is worth; greater is better.

    References
    ----------
    Tsamardinos, I., Greasidou, E. and Borboudakis, G. (2018). Bootstrapping the out-of-sample
    predictions for efficient and accurate cross-validation. Machine Learning 107.
    Hall, P. (1992). On the removal of skewness by transformation. Journal of the Royal Statistical
    Society B 54. Its correction of the first order moves the worse end of the interval.
    """

    estimate: float
    """The score to expect on new rows, corrected for the choice among all pipelines, and for the
    rows that the final fit learns from and the folds did not."""
    low: float
    """The lower end of its 95 % interval; further out where few rows decide."""
    high: float
    """The upper end."""
    naive: float
    """The mean over the folds, not corrected."""
    baseline: float
    """The score to expect of what the winner is compared with, if it grew as much."""
    gain_probability: float
    """The probability that the winner is better than that on new rows."""
    metric: str
    """The name of the score."""
    compared_with: str
    """What the winner is compared with, such as "a default random forest"."""
    growth: float = 0.0
    """The part of the estimate that is for more rows: the final fit learns from all of them."""

    def __str__(self) -> str:
        around = self.estimate - self.low
        probability = self.gain_probability
        word, sure = ("better", probability) if probability >= 0.5 else ("worse", 1 - probability)
        return (
            f"{self.metric} {self.estimate:.4g} ± {around:.2g} (naive {self.naive:.4g}); {word} "
            f"than {self.compared_with} ({self.baseline:.4g}) with {sure:.0%}"
        )


@dataclass(frozen=True)
class Choice:
    """What a search comes to: pipelines with weights."""

    members: tuple[Candidate, ...]
    """The best first."""
    weights: tuple[float, ...]
    """They sum to 1."""
    values: Numbers
    """What the units add to its score."""
    estimate: float
    """Its score, corrected for the choice."""
    naive: float
    """Its score as it is."""

    @property
    def correction(self) -> float:
        """What the choice among many is worth on new rows, mostly less than 0."""
        return self.estimate - self.naive


Weigh = Callable[[list[int], Numbers | None], Numbers]


class Chooser:
    """Chooses what predicts, one pipeline or an ensemble, and tells what the choice is worth.

    Parameters
    ----------
    problem : Problem
    candidates : sequence of Candidate
        The best first; one or more.
    size : int
        Members that an ensemble may have.
    rng : Generator
    """

    def __init__(
        self,
        problem: Problem,
        candidates: Sequence[Candidate],
        size: int,
        rng: np.random.Generator,
    ) -> None:
        self.evidence = Evidence(problem)
        self._is_quick = self.evidence.measure.is_quick(problem.dataset.y)
        complete = [one for one in candidates if self.evidence.is_complete(one)]
        self.candidates = complete if self._is_quick else complete[:JACKKNIFED]
        self.size = size
        self._rng = rng
        self._values = np.array([self.evidence.values(one.held) for one in self.candidates])
        self._scores = self._means(self._values, self.evidence.sizes)
        self._reduced: dict[int, NDArray[np.float32]] = {}

    def choose(self) -> Choice:
        """Return an ensemble, or one pipeline that is ahead of it by the noise."""
        single, elsewhere = self._single()
        if self.size == 1 or len(self.candidates) == 1 or not self.evidence.problem.averages:
            return single
        is_numbers = self.evidence.problem.dataset.classes is None
        ways = [self._greedy, self._stacked] if is_numbers else [self._greedy]
        return self._best_of([(single, elsewhere), *map(self._ensemble, ways)])

    def _best_of(self, made: Sequence[tuple[Choice, Numbers]]) -> Choice:
        """Return the best of choices that come with what units add where they are left out.

        The first is a pipeline alone, which has to be better by the noise: what is chosen on
        fewer rows makes the correction of an ensemble too large rather than too small. The best
        pipeline is a member of every choice, so that it is fitted in any case.
        """
        first, *ensembles = made
        made = [first, *(pair for pair in ensembles if self._is_ensemble(pair[0]))]
        estimates = np.array([choice.estimate for choice, _ in made])
        table = np.array([elsewhere for _, elsewhere in made])
        table += (estimates - self._means(table, self.evidence.sizes))[:, None]
        handicaps = np.zeros(len(made))
        if len(made) > 1:
            rival = table[1 + estimates[1:].argmax()]
            handicaps[0] = standard_error(table[0] - rival, self.evidence.sizes)
        best = int((estimates - handicaps).argmax())
        again = partial(self._best_row, table, handicaps)
        loss, _ = self._again(table[best], again, self._count())
        return replace(made[best][0], estimate=float(estimates[best]) + loss)

    def _is_ensemble(self, choice: Choice) -> bool:
        """Whether it has several members, the best pipeline among them."""
        return len(choice.members) > 1 and choice.members[0] is self.candidates[0]

    def _means(self, table: Numbers, weights: Numbers) -> Numbers:
        """Return the scores of what units add to, row by row, where they have weights."""
        return np.asarray(table @ (weights / weights.sum()))

    def _best_row(self, table: Numbers, handicaps: Numbers | float, drawn: Numbers) -> Numbers:
        """Return what units add to the best row, by how often they are drawn."""
        means = self._means(table, drawn * self.evidence.sizes)
        return np.asarray(table[(means - handicaps).argmax()])

    def _count(self) -> int:
        """Return how often the choice of a row is made again."""
        cells = RESAMPLED_CELLS / len(self.evidence.sizes)
        return int(np.clip(cells, RESAMPLES / 4, RESAMPLES))

    def _resamples(self, count: int) -> Iterator[tuple[Numbers, Numbers]]:
        """Yield how often units are drawn with replacement, and which are left out."""
        n_units = len(self.evidence.sizes)
        for _ in range(count):
            drawn = np.bincount(self._rng.integers(n_units, size=n_units), minlength=n_units)
            if (drawn == 0).any() and len(np.unique(drawn)) > 1:
                yield drawn.astype(np.float64), (drawn == 0).astype(np.float64)

    def _again(
        self, values: Numbers, choose: Callable[[Numbers], Numbers], count: int
    ) -> tuple[float, Numbers]:
        """Make a choice again and again on drawn units.

        Parameters
        ----------
        values : ndarray of shape (n_units,)
            What units add to the score of what is chosen on all of them.
        choose : callable
            Returns such values of what is chosen, by how often units are drawn.
        count : int
            How often to draw.

        Returns
        -------
        float
            What the choice is worth on units that are left out, compared with `values`.
        ndarray of shape (n_units,)
            What units add to its score where they are left out.
        """
        sizes = self.evidence.sizes
        losses: list[float] = []
        sums, times = np.zeros(len(sizes)), np.zeros(len(sizes))
        for drawn, left in self._resamples(count):
            differences = choose(drawn) - values
            losses.append(float(np.average(differences, weights=left * sizes)))
            sums += left * differences
            times += left
        return _mean(losses), values + sums / np.maximum(times, 1)

    def with_members(
        self, members: Sequence[Candidate], weights: Sequence[float], correction: float
    ) -> Choice:
        """Return the choice of these members, whose score has to be corrected by so much."""
        if len(members) == 1:
            naive = members[0].outcome.score or 0.0
            values = self.evidence.values(members[0].held)
        else:
            values = self.evidence.values(self.evidence.average(members, np.array(weights)))
            # The best may have seen more draws of the folds: on the first it was lucky, too.
            gains = values - self._values_of([0], [1.0])
            best = self.candidates[0].outcome.score or 0.0
            naive = best + float(np.average(gains, weights=self.evidence.sizes))
        return Choice(tuple(members), tuple(weights), values, naive + correction, naive)

    def _single(self) -> tuple[Choice, Numbers]:
        favorite = self._values[self._scores.argmax()]
        loss, elsewhere = self._again(
            favorite, partial(self._best_row, self._values, 0.0), self._count()
        )
        return self.with_members(self.candidates[:1], [1.0], loss), elsewhere

    def _ensemble(self, weigh: Weigh) -> tuple[Choice, Numbers]:
        pool = [0, *(number for number in self._pool(self._scores) if number)]
        members, weights = self._members(pool, weigh(pool, None))
        values = self._values_of(members, weights)
        low, high = ENSEMBLE_RESAMPLES
        high = high if self._is_quick else JACKKNIFED_RESAMPLES
        count = int(np.clip(ENSEMBLE_ROWS / len(self.evidence.rows), low, high))

        def choose(drawn: Numbers) -> Numbers:
            pool = self._pool(self._means(self._values, drawn * self.evidence.sizes))
            return self._values_of(*self._members(pool, weigh(pool, drawn)))

        loss, elsewhere = self._again(values, choose, count)
        candidates = [self.candidates[number] for number in members]
        return self.with_members(candidates, weights, loss), elsewhere

    def _pool(self, scores: Numbers) -> list[int]:
        """Return the best pipelines, not too many of them with the same model."""
        model = self.evidence.problem.model
        pool: list[int] = []
        counts: dict[str, int] = {}
        for number in np.argsort(-scores, kind="stable"):
            name = model(self.candidates[number].genome).name
            if counts.get(name, 0) < POOL_PER_MODEL and len(pool) < POOL:
                counts[name] = counts.get(name, 0) + 1
                pool.append(int(number))
        return pool

    def _members(self, pool: list[int], weights: Numbers) -> tuple[list[int], list[float]]:
        """Return the pipelines that have a weight, the best first."""
        chosen = sorted((pool[place], float(weights[place])) for place in np.flatnonzero(weights))
        return [number for number, _ in chosen], [weight for _, weight in chosen]

    def _values_of(self, members: list[int], weights: list[float]) -> Numbers:
        """Return what the units add to a score on the first draw of the folds."""
        candidates = [self.candidates[number] for number in members]
        if len(members) == 1 and len(candidates[0].held) == len(self.evidence.folds):
            return np.asarray(self._values[members[0]])
        return self.evidence.values(self.evidence.average(candidates, np.array(weights)))

    def _stack(self, pool: list[int]) -> NDArray[np.float32]:
        for number in pool:
            if number not in self._reduced:
                self._reduced[number] = self.evidence.reduced(self.candidates[number])
        return np.array([self._reduced[number] for number in pool])

    def _greedy(self, pool: list[int], drawn: Numbers | None) -> Numbers:
        return greedy_weights(self._stack(pool), self.evidence.loss(drawn), self.size)

    def _stacked(self, pool: list[int], drawn: Numbers | None) -> Numbers:
        evidence = self.evidence
        return stacked_weights(
            self._stack(pool), evidence.target, evidence.weights(drawn), self.size
        )

    def honest_score(
        self, choice: Choice, reference: Candidate, name: str, growth: Growth = NO_GROWTH
    ) -> HonestScore:
        """Return what a choice is worth, beside something that was not chosen.

        Parameters
        ----------
        choice : Choice
        reference : Candidate
            Compared on the folds that it came through.
        name : str
            What it is called.
        growth : Growth
            What more rows are worth, to both.
        """
        few = self.evidence.error_of_few(choice.naive)
        own = standard_error(choice.values, self.evidence.sizes)
        quantile = float(norm.ppf((1 + CONFIDENCE) / 2))
        around = quantile * hypot(own, growth.error, few)
        further = own * self._further(choice.values, quantile)
        without = min(choice.estimate, self._perfect)
        estimate = without + self._grown(without, growth.gain)
        differences, sizes = self.evidence.lead(choice.values, reference.held)
        gain = float(np.average(differences, weights=sizes)) + without - choice.naive
        error = standard_error(differences, sizes)
        probability = norm.cdf(gain / error) if error > 0 else float(gain > 0)
        return HonestScore(
            estimate=estimate,
            low=estimate - around - further,
            high=min(estimate + around, self._perfect),
            naive=choice.naive,
            baseline=estimate - gain,
            gain_probability=float(probability),
            metric=self.evidence.problem.metric.name,
            compared_with=name,
            growth=estimate - without,
        )

    def _grown(self, estimate: float, gain: float) -> float:
        """Return what more rows are worth: however steep its curve is, a loss does not get to 0.

        It falls by a factor, as it does along a power of the rows.
        """
        loss = self._perfect - estimate
        return gain if loss == np.inf else -loss * float(np.expm1(-gain / max(loss, EPSILON)))

    def _further(self, values: Numbers, quantile: float) -> float:
        """Return by how many standard errors the worse end lies further out.

        A mean that a few large losses decide is mostly too good, and then looks too sure. The
        better end stays, for the few that tell the skewness are those that decide.
        """
        skew = skewness(values, self.evidence.sizes)
        return float(np.clip(-skew * (2 * quantile**2 + 1) / 6, 0, quantile / 2))

    @property
    def _perfect(self) -> float:
        """The best score that there is, if that is known."""
        metric = self.evidence.problem.metric
        if metric.is_own or metric.name in UNBOUNDED:
            return np.inf
        return 0.0 if metric.name.startswith("neg_") else 1.0


def _mean(losses: Sequence[float]) -> float:
    """Return the mean of what resampled choices lose; nothing where no unit can be left out."""
    return float(np.mean(losses)) if losses else 0.0
