"""The formats of dates in texts."""

import re
import warnings
from collections.abc import Mapping

import pandas as pd
from pandas.tseries.api import guess_datetime_format

ISO = "ISO8601"  # as pandas calls 2024-01-31, also with a time
YEARS = (1800, 2200)  # of dates; numbers with another meaning seldom stay within these bounds
UNKNOWN_YEAR = 2500  # from which on dates are taken for missing, such as 9999-12-31
MOST_FORMATS = 3
# pandas guesses no format of a year of two digits.
SHORT_DATES = ("%m/%d/%y", "%d/%m/%y", "%d.%m.%y", "%m-%d-%y", "%d-%m-%y", "%d-%b-%y", "%d %b %y")
TIMES = ("", " %H:%M", " %H:%M:%S")
SHORT_DATE = re.compile(r"\d{1,2}([-/. ])(\d{1,2}|[A-Za-z]{3})\1\d\d( \d{1,2}:\d\d(:\d\d)?)?")
MOST_LOOKS = 20  # texts by which formats are guessed: the first ones may be no dates

ISO_DATE = re.compile(
    r"[12]\d{3}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
    r"([T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?"
)


def date_formats(counts: Mapping[str, int]) -> dict[str, list[str]]:
    """Return the formats that texts are dates of, each with its texts.

    If two formats fit all texts, the month comes before the day. A time alone is no date, and
    neither are digits without separators.

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
        best = max(read, key=lambda name: sum(counts[text] for text in read[name]), default=None)
        if best is None or not read[best]:
            break
        texts_of[best] = read[best]
        unread = [text for text in unread if text not in set(read[best])]
    return texts_of


def _guesses(texts: list[str], formats: set[str]) -> list[str]:
    """Return the formats that some texts may have."""
    # A column that has both 1/31/2020 and 31/1/2020 would be read wrongly in silence.
    orders = {_without_order(format_) for format_ in formats}
    looks = [text for text in texts if any(map(str.isdigit, text)) and not text.isdigit()]
    guesses = [guess for text in looks[:MOST_LOOKS] for guess in _guesses_of(text)]
    return [guess for guess in dict.fromkeys(guesses) if _without_order(guess) not in orders]


def _guesses_of(text: str) -> list[str]:
    """Return the formats that a text may have, the likeliest first."""
    if SHORT_DATE.fullmatch(text):
        return [date + time for date in SHORT_DATES for time in TIMES]
    guesses = []
    # With points the day comes first everywhere.
    for day_first in (True, False) if "." in text else (False, True):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of formats that contradict `dayfirst`
            guesses.append(guess_datetime_format(text, dayfirst=day_first))
    return [str(guess) for guess in guesses if guess and ("%Y" in guess or "%y" in guess)]


def _without_order(format_: str) -> str:
    return format_.replace("%d", "%_").replace("%m", "%_")


def _read(texts: list[str], format_: str) -> list[str]:
    dates = pd.to_datetime(pd.Series(texts), format=format_, errors="coerce", utc=True)
    is_date = dates.dt.year.between(*YEARS)
    return [text for text, is_read in zip(texts, is_date, strict=True) if is_read]
