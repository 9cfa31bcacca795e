"""The verdict on a model: what to expect of it on new rows, in words without jargon."""

from collections.abc import Sequence
from dataclasses import dataclass

from automl.page.scores import LOSS, Scores
from automl.page.tables import Table, shortened

NAMES = {
    "roc_auc": "ROC AUC",
    "r2": "R²",
    "neg_log_loss": "log loss",
    "neg_root_mean_squared_error": "root mean squared error",
}
# What people who do not know a score need to read its numbers.
MEANINGS = {
    "accuracy": "the share of rows that are right",
    "neg_log_loss": "0 is perfect",
    "neg_mean_absolute_error": "the mean error in the unit of the target",
    "neg_root_mean_squared_error": "a typical error in the unit of the target",
    "r2": "1 is perfect, 0 is no better than the mean",
    "roc_auc": "1 is perfect, 0.5 is guessing",
}
SURE = 0.01  # a probability that is nearer to 0 or 1 is not told apart from them
# Probabilities of being better, from which on these words hold.
LEVELS = (
    (0.95, "almost surely better than"),
    (0.8, "probably better than"),
    (0.2, "about as good as"),
    (0.05, "probably worse than"),
    (0.0, "almost surely worse than"),
)


@dataclass(frozen=True)
class VerdictFacts:
    """What to expect of a model on new rows."""

    sentences: tuple[str, ...]
    """The verdict in words."""
    numbers: Table
    """The same as numbers, in the unit of the words."""


def metric_in_words(name: str) -> str:
    """Return the name of a score as people say it.

    Examples
    --------
    >>> metric_in_words("neg_mean_absolute_error"), metric_in_words("balanced_accuracy")
    ('mean absolute error', 'balanced accuracy')
    """
    words = NAMES.get(name) or name.removeprefix(LOSS).replace("_", " ")
    return shortened(words)


def verdict(scores: Scores, changes: Sequence[str] = ()) -> VerdictFacts:
    """Return the verdict on a model.

    Parameters
    ----------
    scores : Scores
    changes : sequence of str
        Sentences on what was changed after the search.
    """
    name, honest, signed = metric_in_words(scores.metric), scores.honest, scores.signed
    better = "less is better" if scores.is_loss else "more is better"
    better = "; ".join(filter(None, [MEANINGS.get(scores.metric), better]))
    sentences, rows = [], []
    if honest is None:
        sentences.append(
            f"The mean {name} over the folds is {signed(scores.best):.4g} ({better}). It is "
            "not corrected for the choice among many pipelines, so expect a worse one on new rows."
        )
        rows.append(("mean over the folds", signed(scores.best)))
    else:
        low, high = sorted((signed(honest.low), signed(honest.high)))
        sentences += [
            f"Expected on new rows: {name} {signed(honest.estimate):.4g} ({better}). With 95 % "
            f"confidence it is between {low:.4g} and {high:.4g}.",
            _comparison(honest.gain_probability, honest.compared_with, signed(honest.baseline)),
        ]
        rows += [
            ("expected on new rows", signed(honest.estimate)),
            ("lower end of the 95 % interval", low),
            ("upper end of the 95 % interval", high),
            ("mean over the folds", signed(honest.naive)),
            (honest.compared_with, signed(honest.baseline)),
        ]
    constant = scores.constant
    if constant is not None and (honest is None or "constant" not in honest.compared_with):
        sentences.append(
            f"A constant prediction, which looks at no column, has {signed(constant):.4g}."
        )
        rows.append(("a constant prediction", signed(constant)))
    sentences += changes
    return VerdictFacts(tuple(sentences), Table.from_rows(["quantity", name], rows))


def _comparison(probability: float, reference: str, score: float) -> str:
    """Return how a model compares with its reference."""
    words = next(words for least, words in LEVELS if probability >= least)
    # Rounded to 100 %, nothing would be left to chance.
    share = f"{100 * min(max(probability, SURE), 1 - SURE):.0f} %"
    sure = {probability > 1 - SURE: "more than ", probability < SURE: "less than "}.get(True, "")
    return (
        f"It is {words} {shortened(reference)}, which would have {score:.4g} (the probability of "
        f"being better is {sure}{share})."
    )
