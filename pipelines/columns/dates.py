"""The formats of dates in texts."""

import re
import warnings
from collections.abc import Mapping
from itertools import compress, pairwise

import pandas as pd
from pandas.tseries.api import guess_datetime_format

ISO = "ISO8601"  # as pandas calls 2024-01-31, also with a time
YEARS = (1800, 2200)  # of dates; numbers with another meaning seldom stay within these bounds
MOST_FORMATS = 3
# pandas guesses no format of a year of two digits, and of few months without a day.
SHORT_DATE = re.compile(
    r"\d{1,2}(?P<sign>[-/. ])(?P<month>\d{1,2}|[A-Za-z]{3})(?P=sign)\d\d"
    r"(?P<time> \d{1,2}:\d\d(?P<seconds>:\d\d)?(?P<half> ?[AaPp][Mm])?)?"
)
NUMBERED = ("%m{0}%d{0}%y", "%d{0}%m{0}%y", "%y{0}%m{0}%d")
NAMED = ("%d{0}%b{0}%y", "%y{0}%b{0}%d")
MONTH = re.compile(r"(?P<month>[A-Za-z]{3,9})(?P<sign>[- ])(?P<year>\d{4}|\d\d)")
# 9999-12-31, 01/01/0001 and 0000-00-00 stand for dates that are not known.
NO_DATE = re.compile(r"(0000|0001|9999)[-./].*|.*[-./](0000|0001|9999)")
CENTURY = 100  # years
PYTHON_YEAR = 1969  # the first of the years that Python takes two digits for
LATEST = 39  # years after 2000 of two digits: dates of 1940 are more frequent than of 2040
MOST_LOOKS = 20  # texts by which formats are guessed: the first ones may be no dates

ISO_DATE = re.compile(
    r"[12]\d{3}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
    r"([T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?"
)


def date_formats(counts: Mapping[str, int]) -> dict[str, list[str]]:
    """Return the formats that texts are dates of, each with its texts.

    If two formats fit all texts, the one of fewer years holds, then the month before the day. A
    time alone is no date, and neither are digits without separators.

    Parameters
    ----------
    counts : mapping of str to int
        The different texts, and how often each is there.
    """
    iso = [text for text in counts if ISO_DATE.fullmatch(text)]
    texts_of = {ISO: iso} if iso else {}
    unread = [text for text in counts if not ISO_DATE.fullmatch(text)]
    while unread and len(texts_of) < MOST_FORMATS:
        read = {format_: _read(unread, format_) for format_ in _guesses(unread, set(texts_of))}
        best = max(read, key=lambda name: _fit(read[name], counts), default=None)
        if best is None or not read[best]:
            break
        texts_of[best] = list(read[best])
        unread = [text for text in unread if text not in read[best]]
    return texts_of


def first_year(texts_of: Mapping[str, list[str]]) -> int | None:
    """Return the first of the hundred years that two digits mean in a column, None for 1969.

    The years of a column leave out a part of a century. Its middle is where the hundred years
    start, so that later rows may have some years before or after those of training. All years of
    training end by 2039, whatever the day is, for a script has to read them equally ever after.

    Parameters
    ----------
    texts_of : mapping of str to list of str
        The texts of each format, as `date_formats` gives them.
    """
    years = {
        year % CENTURY
        for format_, texts in texts_of.items()
        if "%y" in format_
        for year in _read(texts, format_).values()
    }
    if not years:
        return None
    ends = sorted(years)
    gaps = [(start - end) % CENTURY or CENTURY for end, start in pairwise([ends[-1], *ends])]
    # The start of 1900 and some ends in time for one gap or more: that before the smallest year.
    gap, start = max(pair for pair in zip(gaps, ends, strict=True) if pair[1] - pair[0] <= LATEST)
    own = (2000 if start + CENTURY - gap <= LATEST else 1900) + start - gap // 2
    is_usual = all(_in_century(year, own) == _in_century(year, PYTHON_YEAR) for year in years)
    return None if is_usual else own


def _in_century(year: int, first: int) -> int:
    return (year - first) % CENTURY + first


def _guesses(texts: list[str], formats: set[str]) -> list[str]:
    """Return the formats that some texts may have."""
    # A column that has both 1/31/2020 and 31/1/2020 would be read wrongly in silence.
    orders = {_without_order(format_) for format_ in formats}
    looks = [text for text in texts if any(map(str.isdigit, text)) and not text.isdigit()]
    guesses = [guess for text in looks[:MOST_LOOKS] for guess in _guesses_of(text)]
    return [guess for guess in dict.fromkeys(guesses) if _without_order(guess) not in orders]


def _fit(years: Mapping[str, int], counts: Mapping[str, int]) -> tuple[int, int]:
    """Return how many cells are dates of a format, and how few years these have.

    Days taken for years, such as those of 23-12-31, would make many years of few.
    """
    return sum(map(counts.__getitem__, years)), -len(set(years.values()))


def _guesses_of(text: str) -> list[str]:
    """Return the formats that a text may have, the likeliest first."""
    if match := SHORT_DATE.fullmatch(text):
        dates = NUMBERED if match["month"].isdigit() else NAMED
        return [date.format(match["sign"]) + _time_of(match) for date in dates]
    if match := MONTH.fullmatch(text):
        year = "%Y" if len(match["year"]) == len("2024") else "%y"
        return [f"{month}{match['sign']}{year}" for month in ("%b", "%B")]
    guesses = []
    # With points the day comes first everywhere, but never after a year.
    orders = (True, False) if "." in text else (False, True)
    for day_first in (False,) if text[:4].isdigit() else orders:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of formats that contradict `dayfirst`
            guesses.append(guess_datetime_format(text, dayfirst=day_first))
    return [str(guess) for guess in guesses if guess and ("%Y" in guess or "%y" in guess)]


def _time_of(match: re.Match[str]) -> str:
    """Return the format of the time behind a short date."""
    if not match["time"]:
        return ""
    half = (match["half"] or "")[:-2] + "%p" if match["half"] else ""
    return f" {'%I' if half else '%H'}:%M{':%S' if match['seconds'] else ''}{half}"


def _without_order(format_: str) -> str:
    return format_.replace("%d", "%_").replace("%m", "%_")


def _read(texts: list[str], format_: str) -> dict[str, int]:
    """Return the texts that are dates of a format, with their years."""
    dates = pd.to_datetime(pd.Series(texts), format=format_, errors="coerce", utc=True)
    years = dates.dt.year
    is_date = years.between(*YEARS)
    return dict(zip(compress(texts, is_date), years[is_date], strict=True))
