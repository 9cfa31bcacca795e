"""The form of numbers in texts, such as $1,200.50, 12,5 or 45%."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import astuple
from itertools import compress
from operator import itemgetter

import pandas as pd

from automl.pipelines.carried.frame import read_numbers, read_written_numbers
from automl.pipelines.columns.reading import NumberForm

BOOLEANS = ("true", "false")
DIGIT = re.compile(r"\d")
LEADING_ZERO = re.compile(r"[+-]?0\d.*")
# The signs for thousands and decimals, the likeliest first: of two that fit the earlier one holds.
SIGNS = (
    ("", "."),
    (",", "."),
    ("", ","),
    (".", ","),
    (" ", ","),
    (" ", "."),
    ("'", "."),
    ("\u2019", "."),
)
CODES = "AUD BRL CAD CHF CNY CZK DKK EUR GBP HKD HUF INR JPY KRW MXN NOK NZD PLN RUB SEK USD ZAR"
CURRENCY = rf"[A-Z]{{0,2}}[$€£¥₹₽₩₺₫₴₦฿]|{CODES.replace(' ', '|')}|Rs\.?|kr\.?"
UNIT = r"%|‰|°?[^\W\d_]+[²³]?(?:/[^\W\d_]+[²³]?)?"
SIGN = "+\\-\u2212\u2013"
DIGITS = rf"[{SIGN}]?[\d.,'\u2019 \xa0\u202f]*\d[\d.,'\u2019 \xa0\u202f]*(?:[eE][+-]?\d+)?"
WRITTEN = re.compile(
    rf"\s*[{SIGN}(]?\s*(?P<before>{CURRENCY})?\s*\(?{DIGITS}?\s*"
    rf"(?P<after>{CURRENCY}|{UNIT})?[)-]?\s*"
)


def number_form(counts: Mapping[str, int]) -> NumberForm | None:
    """Return the form in which most texts are numbers; None if they are plain or no numbers.

    Parameters
    ----------
    counts : mapping of str to int
        The different texts, and how often each is there.
    """
    affixes: Counter[tuple[str, str]] = Counter()
    signs: set[str] = set()
    for text, count in counts.items():
        if DIGIT.search(text) and (match := WRITTEN.fullmatch(text)):
            affixes[match["before"] or "", match["after"] or ""] += count
            signs.update(text)
    n_plain = n_read(counts, None) if affixes else 0
    if n_plain == affixes.total():
        return None
    (before, after), _ = affixes.most_common(1)[0]
    signs |= {"."} | ({" "} if signs & set("\xa0\u202f") else set())
    pairs = [pair for pair in SIGNS if (pair[0] or pair[1]) in signs]
    forms = [NumberForm(before, after, *pair) for pair in pairs]
    n_written, best = max(((n_read(counts, form), form) for form in forms), key=itemgetter(0))
    return None if best == NumberForm() and n_plain >= n_written else best


def n_read(counts: Mapping[str, int], form: NumberForm | None) -> int:
    """Return how many cells are numbers of a form."""
    return sum(counts[text] for text in read_in(counts, form))


def read_in(counts: Mapping[str, int], form: NumberForm | None) -> list[str]:
    """Return the texts that are numbers of a form."""
    texts = [text for text in counts if DIGIT.search(text)]
    texts = [text for text in texts if form is None or _has_affixes(text, form)]
    numbers = as_numbers(texts, form)
    return list(compress(texts, numbers.notna()))


def as_numbers(texts: list[str], form: NumberForm | None) -> "pd.Series[float]":
    """Return texts as numbers; what is none is missing."""
    frame = pd.DataFrame({"x": pd.Series(texts, dtype=object)})
    if form is None:
        return read_numbers(frame)["x"]  # type: ignore[no-untyped-call, no-any-return]
    return read_written_numbers(frame, {"x": astuple(form)})["x"]  # type: ignore[no-untyped-call, no-any-return]


def _has_affixes(text: str, form: NumberForm) -> bool:
    """Tell whether a text has what stands before and after all numbers of a form.

    Where some cells lack it, such as 45% beside 0.45, the numbers may not mean the same.
    """
    bare = text.strip("+-\u2212\u2013() \xa0\u202f")
    return bare.startswith(form.before) and bare.endswith(form.after)
