"""Checks of what predicts: whether it learnt enough, and not by heart."""

from collections.abc import Iterator, Mapping

from automl.page.check import Check, check_of
from automl.page.scores import Scores
from automl.pipelines import Genome, Integer, Operator, Real
from automl.selection import HonestScore
from automl.selection.honest_score import QUANTILE

WORSE = 0.2  # the probability of being better than a forest, below which there is something wrong
LOST = 0.5  # of the lead over a constant on training rows: with more of it lost, it learnt by heart
NATURAL_ENDS = (0, 1)  # of shares and counts: no range could go on beyond them


def model_checks(scores: Scores, training_score: float | None = None) -> Iterator[Check]:
    """Yield the checks of what predicts.

    Parameters
    ----------
    scores : Scores
    training_score : float, optional
        The score on the rows of the fit.
    """
    yield _better_than_constant(scores)
    yield _better_than_forest(scores)
    yield _overfitting(scores, training_score)
    yield _selection_bias(scores)
    yield _learning_curve(scores.honest)


def _better_than_constant(scores: Scores) -> Check:
    name, honest, constant = "Better than a constant", scores.honest, scores.constant
    if constant is None:
        return Check(name, "unknown", "The constant prediction has no score.")
    score = scores.best if honest is None else honest.low
    end = "The score" if honest is None else "The worse end of the interval"
    numbers = (
        f"{end} is {scores.shown(score)}, that of a constant prediction is "
        f"{scores.shown(constant)}."
    )
    advice = "It may have learnt nothing: take more rows, other columns or a larger budget."
    return check_of(name, score > constant, numbers, advice)


def _better_than_forest(scores: Scores) -> Check:
    name, honest = "Better than a random forest", scores.honest
    if honest is None or "forest" not in honest.compared_with:
        return Check(name, "unknown", "There is no random forest to compare with.")
    numbers = (
        f"The score to expect is {scores.shown(honest.estimate)}, that of a random forest "
        f"is {scores.shown(honest.baseline)}."
    )
    advice = "This is underfitting: give the search a larger budget, or take the forest."
    return check_of(name, honest.gain_probability >= WORSE, numbers, advice)


def _overfitting(scores: Scores, training_score: float | None) -> Check:
    name, constant = "Overfitting", scores.constant
    # Held-out rows and training rows are to be scored of the same predictor.
    held_out = scores.best if scores.honest is None else scores.honest.naive
    if training_score is None or constant is None:
        words = "Give the rows of the fit, as in search.report(path, X, y), for their score."
        return Check(name, "unknown", words)
    lead = training_score - constant
    numbers = (
        f"On training rows the score is {scores.shown(training_score)}, on held-out rows "
        f"{scores.shown(held_out)}."
    )
    advice = (
        "More than half of the lead over a constant is lost: take more rows, fewer columns or a "
        'simpler model, such as search.select("smallest", X, y).'
    )
    return check_of(name, training_score - held_out <= LOST * max(lead, 0.0), numbers, advice)


def _selection_bias(scores: Scores) -> Check:
    name, honest = "Selection bias", scores.honest
    if honest is None:
        return Check(name, "unknown", "The score is not corrected for the choice.")
    correction = honest.naive - (honest.estimate - honest.growth)
    numbers = (
        f"The mean over the folds is {scores.shown(honest.naive)}; corrected for the "
        f"choice among many pipelines it is {scores.shown(honest.naive - correction)}."
    )
    advice = "The folds were overfitted: trust the corrected score, and take more rows or folds."
    return check_of(name, correction <= _error(honest), numbers, advice)


def _learning_curve(honest: HonestScore | None) -> Check:
    name = "Learning curve"
    if honest is None or honest.growth <= 0:
        words = "It is flat within its noise, or there was no time to measure it."
        return Check(name, "unknown", words)
    numbers = (
        f"By learning from all rows instead of those of the folds, the score should gain "
        f"{honest.growth:.2g}."
    )
    advice = "The curve still rises steeply: more rows are worth more than a longer search."
    return check_of(name, honest.growth <= _error(honest), numbers, advice)


def _error(honest: HonestScore) -> float:
    return (honest.estimate - honest.low) / QUANTILE


def at_the_edge(genomes: list[Genome], operators: Mapping[str, Operator]) -> Check:
    """Return the check of settings at the edge of the range in which they were searched.

    Defaults, and the ends 0 and 1 of shares and counts, are no edges.

    Parameters
    ----------
    genomes : list of Genome
        The pipelines that predict.
    operators : mapping of str to Operator
    """
    edges = {
        f"{part.operator}: {name}={value!r} of {domain.low:g} to {domain.high:g}"
        for genome in genomes
        for part in genome.walk()
        if part.operator in operators
        for name, value in part.settings
        if isinstance(domain := operators[part.operator].domains.get(name), Real | Integer)
        if value in (domain.low, domain.high) and value not in (domain.default, *NATURAL_ENDS)
    }
    numbers = f"At an end of their range: {'; '.join(sorted(edges))}."
    return check_of(
        "Hyperparameters at the edge",
        not edges,
        numbers if edges else "No setting of what predicts is at an end of its range.",
        "A wider range may be better: search again with catalogue.with_operator(...).",
    )
