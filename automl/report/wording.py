"""Short words for pipelines, times and causes, as lines of a screen have room for them."""

from collections import Counter
from collections.abc import Iterable
from math import inf

from automl.pipelines import Genome
from automl.search.evaluated import Evaluated

MINUTE = 60


def short_name(genome: Genome) -> str:
    """Return the operators of a pipeline without settings: the outermost, then its steps.

    Examples
    --------
    >>> short_name(Genome.parse("ridge(standard_scaler(simple_imputer(numeric)), alpha=10.0)"))
    'ridge on simple_imputer, standard_scaler'
    """
    steps = [part.operator for part in genome.walk() if not (part.is_leaf or part.is_join)]
    outermost, *inner = dict.fromkeys(steps or [genome.operator])
    return f"{outermost} on {', '.join(reversed(inner))}" if inner else outermost


def clock(seconds: float) -> str:
    """Return seconds as minutes and seconds.

    Examples
    --------
    >>> clock(75.2), clock(float("inf"))
    ('1:15', '∞')
    """
    if seconds == inf:
        return "∞"
    return f"{int(seconds) // MINUTE}:{int(seconds) % MINUTE:02d}"


def first_line(text: str) -> str:
    """Return the first line of a cause, which is the message of an error without its trace.

    Nothing in it moves the cursor of a terminal, whatever the author of an error wrote.
    """
    return printable(next(iter(text.strip().splitlines()), ""))


def printable(text: str) -> str:
    """Return a text with spaces for whatever is no letter, number or sign."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def in_states(counts: Counter[str]) -> str:
    """Return counts by state, such as "3 refused, 1 timed out", the most frequent first."""
    return ", ".join(f"{count} {state}" for state, count in counts.most_common())


def score_of(metric: str, evaluated: Evaluated) -> str:
    """Return the score of a pipeline with its standard deviation over the folds."""
    score, deviation = evaluated.score or 0.0, evaluated.outcome.deviation or 0.0
    # The score of a hold-out has no deviation.
    spread = f" ± {deviation:.2g}" if len(evaluated.outcome.scores) > 1 else ""
    return f"{metric} {score:.4g}{spread}"


def counted(number: int, noun: str) -> str:
    """Return a number with its noun, such as "1 pipeline" or "2 pipelines"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def joined(parts: Iterable[str]) -> str:
    """Return the parts that are not empty, with commas between them."""
    return ", ".join(filter(None, parts))
