"""Other ways to choose from what a search has evaluated, by their scores on the test part.

::

    held-out predictions ──way──► pipelines with weights ──fits on all rows──► test score

All ways choose from the same pipelines of the same search, so that nothing but the way differs.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold, StratifiedKFold

from automl.pipelines import starting_pipelines
from automl.randomness import generator
from automl.search.make import START_BIRTH, make_grammar
from automl.selection import Chooser
from automl.selection.ensemble import greedy_weights
from automl.selection.evidence import standard_error
from benchmarks.adapters import Predictions
from benchmarks.adapters.plain import predictions_of
from benchmarks.scores.scoring import align_probabilities, gain_score
from benchmarks.studies.honesty.promise import Alternatives
from benchmarks.tasks.split import Split

POOL = 25  # pipelines, as in the choice of a search
SIZES = (3, 5, 8, 12)
SHIPPED = "ensemble of 5"  # what a search makes, unless one pipeline alone is ahead
FOLDS = 5
RESAMPLES = 1_000  # of the largest deviation: its 95 % quantile then varies by a hundredth
CONFIDENCE = 0.95
TINY = 1e-6  # a probability whose logarithm is taken

Table = NDArray[np.float64]
Weights = dict[int, float]
"""Pipelines by their place in `Chooser.candidates`, with weights that sum to 1."""


@contextmanager
def watched() -> Iterator[list[Chooser]]:
    """Keep the choosers of the fits within the context."""
    choosers: list[Chooser] = []

    class Watched(Chooser):
        def __init__(self, *args: Any, **settings: Any) -> None:
            super().__init__(*args, **settings)
            choosers.append(self)

    with patch("automl.winner.verdict.Chooser", Watched):
        yield choosers


@dataclass(frozen=True)
class Evaluations:
    """The pipelines of a search, as a choice sees them."""

    chooser: Chooser
    """The chooser of the search."""

    @cached_property
    def values(self) -> Table:
        """The values of units, shape (n_pipelines, n_units)."""
        evidence = self.chooser.evidence
        return np.array([evidence.values(pipe.held_out) for pipe in self.chooser.candidates])

    @cached_property
    def scores(self) -> Table:
        """The mean over units of each pipeline."""
        return np.average(self.values, axis=1, weights=self.chooser.evidence.sizes)

    @cached_property
    def families(self) -> list[str]:
        """The family of each pipeline's model."""
        model = self.chooser.evidence.problem.model
        return [model(candidate.genome).family for candidate in self.chooser.candidates]

    @cached_property
    def errors(self) -> Table:
        """The standard error of each pipeline's difference to the best."""
        sizes, best = self.chooser.evidence.sizes, self.values[self.scores.argmax()]
        return np.array([standard_error(values - best, sizes) for values in self.values])

    @cached_property
    def shrunken(self) -> Table:
        """The scores, drawn towards the mean of the family as far as they may be luck.

        A family counts with its best five, for bad settings say nothing of good ones.
        """
        families = np.array(self.families)
        means, spreads = np.zeros(len(families)), np.zeros(len(families))
        for family in set(self.families):
            members = np.flatnonzero(families == family)
            best = members[np.argsort(-self.scores[members])[:5]]
            means[members], spreads[members] = self.scores[best].mean(), self.scores[best].var()
        truth = np.maximum(spreads - self.errors**2, 0) + 1e-12
        shares = truth / (truth + self.errors**2 + 1e-12)
        return np.where(self.scores > means, means + shares * (self.scores - means), self.scores)

    @cached_property
    def log_losses(self) -> Table:
        """The log loss of each pipeline; infinity for regressions."""
        evidence = self.chooser.evidence
        if not evidence.problem.dataset.is_classification:
            return np.full(len(self.scores), np.inf)
        rows, classes = np.arange(len(evidence.target)), evidence.target.astype(np.intp)
        tables = map(self.held_out, range(len(self.scores)))
        return np.array(
            [-np.log(np.clip(table[rows, classes], TINY, 1)).mean() for table in tables]
        )

    def held_out(self, place: int) -> Table:
        """Return the predictions of a pipeline for all held-out rows of the first draw."""
        held_out, folds = self.chooser.candidates[place].held_out, self.chooser.evidence.folds
        return np.concatenate([held_out[fold] for fold in range(len(folds))]).astype(float)

    def pool(self, scores: Table, size: int = POOL, relatives: int = 5) -> list[int]:
        """Return the best pipelines, few of them with models of one family, the best first."""
        pool: list[int] = []
        for place in np.argsort(-scores, kind="stable"):
            family = self.families[place]
            if sum(self.families[member] == family for member in pool) < relatives:
                pool.append(int(place))
        return pool[:size]

    def greedy(self, pool: Sequence[int], size: int) -> Weights:
        """Return the greedy ensemble out of a pool."""
        evidence = self.chooser.evidence
        table = np.array([evidence.reduced(self.chooser.candidates[place]) for place in pool])
        weights = greedy_weights(table, evidence.loss(), size)
        return {pool[place]: float(weights[place]) for place in np.flatnonzero(weights).tolist()}

    def together(self, weights: Weights) -> Table:
        """Return the values of units for an ensemble, on the first draw of the folds."""
        members = [self.chooser.candidates[place] for place in weights]
        evidence = self.chooser.evidence
        return evidence.values(evidence.average(members, np.array(list(weights.values()))))

    @property
    def in_band(self) -> NDArray[np.intp]:
        """The pipelines that are not worse than the best by more than a standard error."""
        return np.flatnonzero(self.scores >= self.scores.max() - self.errors)

    @cached_property
    def is_start(self) -> NDArray[np.bool_]:
        """Whether a pipeline is one that the search started from."""
        problem = self.chooser.evidence.problem
        rng = generator(problem.seed, START_BIRTH)
        starts = set(starting_pipelines(make_grammar(problem), rng))
        return np.array([candidate.genome in starts for candidate in self.chooser.candidates])


def smallest(evaluations: Evaluations) -> Weights:
    """Choose the pipeline with the fewest steps out of those level with the best."""
    genomes = [candidate.genome for candidate in evaluations.chooser.candidates]
    band = evaluations.in_band
    return {int(min(band, key=lambda place: (genomes[place].size, place))): 1.0}


def least_log_loss(evaluations: Evaluations) -> Weights:
    """Choose the pipeline with the least log loss out of those level with the best."""
    band = evaluations.in_band
    return {int(band[evaluations.log_losses[band].argmin()]): 1.0}


def greedy_of(evaluations: Evaluations, size: int) -> Weights:
    """Choose a greedy ensemble with so many members."""
    return evaluations.greedy(evaluations.pool(evaluations.scores), size)


def of_starts(evaluations: Evaluations) -> Weights:
    """Choose an ensemble of the starts only."""
    scores = np.where(evaluations.is_start, evaluations.scores, -np.inf)
    pool = [place for place in evaluations.pool(scores) if evaluations.is_start[place]]
    return evaluations.greedy(pool, 5)


def of_starts_unless_proved(evaluations: Evaluations, size: float) -> Weights:
    """Choose an ensemble of the starts, unless one of all is ahead by so many standard errors."""
    sizes = evaluations.chooser.evidence.sizes
    starts, all_pipes = of_starts(evaluations), greedy_of(evaluations, 5)
    lead = evaluations.together(all_pipes) - evaluations.together(starts)
    is_ahead = np.average(lead, weights=sizes) > size * standard_error(lead, sizes)
    return all_pipes if is_ahead else starts


WAYS: Mapping[str, Callable[[Evaluations], Weights]] = {
    "best": lambda pipes: {int(pipes.scores.argmax()): 1.0},
    "best, shrunken": lambda pipes: {int(pipes.shrunken.argmax()): 1.0},
    "smallest in the band": smallest,
    "least log loss in the band": least_log_loss,
    **{f"ensemble of {size}": partial(greedy_of, size=size) for size in SIZES},
    "ensemble of 5, pool of 10": lambda pipes: pipes.greedy(pipes.pool(pipes.scores, 10), 5),
    "ensemble of 5, 2 of a family": lambda pipes: pipes.greedy(
        pipes.pool(pipes.scores, relatives=2), 5
    ),
    "ensemble of 5, pool by shrunken scores": lambda pipes: pipes.greedy(
        pipes.pool(pipes.shrunken), 5
    ),
    "ensemble of 5 starts": of_starts,
    **{
        f"ensemble of 5 starts, unless all are ahead by {size:g} errors": partial(
            of_starts_unless_proved, size=size
        )
        for size in (1.0, 2.0)
    },
}
"""Ways to choose, by their names."""


def compare(search: Any, chooser: Chooser, split: Split) -> Alternatives:
    """Return the test scores of what else a search could have handed over.

    Parameters
    ----------
    search : AutoMLClassifier or AutoMLRegressor
        Fitted.
    chooser : Chooser
        Of this fit.
    split : Split
        The rows that it was fitted on, and those to test on.
    """
    evaluations = Evaluations(chooser)
    choices = {name: way(evaluations) for name, way in WAYS.items()}
    board = search.leaderboard_
    ranks = dict(zip(board["pipeline"], board["rank"], strict=True))
    pipelines: dict[int, Any] = {}
    tests: dict[int, Predictions] = {}
    for place in sorted({place for weights in choices.values() for place in weights}):
        rank = int(ranks[chooser.candidates[place].genome.text])
        selected = search.select(rank, split.train_X, split.train_y)
        pipelines[place] = selected.best_pipeline_
        tests[place] = predictions_of(pipelines[place], split.test_X, split.task.kind)
    scores = {name: _score(split, tests, weights) for name, weights in choices.items()}
    members = choices[SHIPPED]
    if split.task.kind.is_classification:
        scores[f"{SHIPPED}, stacked"] = _stacked(evaluations, split, tests, members)
    bagged = {place: _bagged(pipelines[place], split) for place in members}
    scores[f"{SHIPPED}, bagged"] = _score(split, bagged, members)
    return Alternatives(
        ways=scores,
        bagged=[
            (
                evaluations.families[place],
                gain_score(split, tests[place]),
                gain_score(split, bagged[place]),
            )
            for place in members
        ],
        simultaneous_low=simultaneous_low(chooser),
    )


def _bagged(pipeline: Any, split: Split) -> Predictions:
    """Return the mean of what fits on all folds but one predict."""
    splitter = StratifiedKFold if split.task.kind.is_classification else KFold
    folds = splitter(FOLDS, shuffle=True, random_state=0)
    predictions = [
        predictions_of(
            clone(pipeline).fit(split.train_X.iloc[rows], split.train_y.iloc[rows]),
            split.test_X,
            split.task.kind,
        )
        for rows, _ in folds.split(split.train_X, split.train_y)
    ]
    mean = np.mean([prediction.values for prediction in predictions], axis=0)
    return replace(predictions[0], values=mean)


def _score(split: Split, tests: Mapping[int, Predictions], weights: Weights) -> float:
    first = tests[next(iter(weights))]
    values = np.array([tests[place].values for place in weights])
    mean = np.tensordot(np.array(list(weights.values())), values, axes=1)
    return gain_score(split, replace(first, values=mean))


def _stacked(
    evaluations: Evaluations, split: Split, tests: Mapping[int, Predictions], members: Weights
) -> float:
    """Return the test score of a logistic regression on the members' predictions."""
    data = evaluations.chooser.evidence.problem.dataset
    inputs = np.hstack([_logits(evaluations.held_out(place)) for place in members])
    model = LogisticRegression(C=0.1, max_iter=1_000)
    model.fit(inputs, evaluations.chooser.evidence.target)
    classes = split.task.classes
    outputs = [align_probabilities(tests[place], classes) for place in members]
    places = np.searchsorted(classes, np.asarray(data.classes))
    stacked = model.predict_proba(np.hstack([_logits(table[:, places]) for table in outputs]))
    return gain_score(split, Predictions(stacked, [classes[place] for place in places]))


def _logits(probabilities: Table) -> Table:
    logs: Table = np.log(np.clip(probabilities, TINY, 1))
    centered: Table = logs - logs.mean(axis=1, keepdims=True)
    return centered[:, 1:]


def simultaneous_low(chooser: Chooser, seed: int = 0) -> float:
    """Return a lower bound for the score of the best pipeline, valid for all pipelines at once.

    The bound is the score less as many standard errors as the largest deviation of any pipeline
    has, so that it holds for whichever was chosen (maxT).

    Parameters
    ----------
    chooser : Chooser
    seed : int
        Of the draws of units.

    References
    ----------
    Westfall, P. and Young, S. (1993). Resampling-based multiple testing. Wiley.
    Rink, P. and Brannath, W. (2025). Post-selection confidence bounds for prediction performance.
    Machine Learning 114 (a comparison of such bounds).
    """
    pipes = Evaluations(chooser)
    shares = chooser.evidence.sizes / chooser.evidence.sizes.sum()
    deviations = (pipes.values - pipes.scores[:, None]) * shares
    errors = np.sqrt((deviations**2).sum(axis=1))
    draws = np.random.default_rng(seed).standard_normal((len(shares), RESAMPLES))
    largest = (deviations @ draws / np.maximum(errors, 1e-300)[:, None]).max(axis=0)
    quantile = max(float(np.quantile(largest, CONFIDENCE)), float(norm.ppf(CONFIDENCE)))
    best = int(pipes.scores.argmax())
    return float(pipes.scores[best] - quantile * errors[best])
