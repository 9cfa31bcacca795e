"""Ways in which people write a column; each was once read wrongly without a word."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

SEED = 0
ROWS = 800  # half of them to learn from
NOISE = 1500.0  # of the price that decides, so that a perfect score stays out of reach
EVERY = 10  # of the cells of training: one is something else

Write = Callable[[Any], Any]


@dataclass(frozen=True)
class Case:
    """A way to write a column."""

    column: str
    """The column that is written so."""
    before: str
    """The score when this was noticed, behind it the one of plain cells."""
    train: Write
    """Writes the column for the fit."""
    new: Write | None = None
    """Writes the column for the prediction; None writes it as for the fit."""
    kind: str | None = None
    """The kind that the user gives."""


def rows() -> pd.DataFrame:
    """Return rows with columns that each tell much of the target `y`."""
    rng = np.random.default_rng(SEED)
    price = rng.uniform(1000, 9999, ROWS).round(2)
    is_high = price + rng.normal(0, NOISE, ROWS) > np.median(price)
    flag = is_high ^ (rng.uniform(size=ROWS) < 0.05)
    days = (price / 3 + rng.normal(0, 300, ROWS)).astype(int)
    towns = np.array(["02139", "01067", "10115", "94105"])
    return pd.DataFrame(
        {
            "price": price,
            "day": pd.Timestamp("2015-01-01") + pd.to_timedelta(days, unit="D"),
            "flag": flag,
            "zip": towns[2 * flag + rng.integers(0, 2, ROWS)],
            "noise": rng.normal(size=ROWS),
            "y": np.where(is_high, "yes", "no"),
        }
    )


def plain(column: Any) -> Any:
    """Return a column as it is."""
    return column


def cellwise(write: Callable[[Any], Any]) -> Write:
    """Return a function that writes every cell."""
    return lambda column: column.map(write).astype(object)


def dated(*formats: str) -> Write:
    """Return a function that writes days in turns by formats."""
    return lambda column: pd.Series(
        [day.strftime(formats[row % len(formats)]) for row, day in enumerate(column)], column.index
    )


def with_token(token: str, write: Write = plain) -> Write:
    """Return a function that puts a text into some cells."""
    return lambda column: (
        write(column).astype(object).where(np.arange(len(column)) % EVERY > 0, token)
    )


def with_total(column: Any) -> Any:
    """Return a column whose last cell is a word."""
    return column.astype(object).where(np.arange(len(column)) < len(column) - 1, "Total")


TOKENS = "0.66 to 0.78 (0.945)"
CASES = {
    "TRUE and FALSE, then booleans": Case(
        "flag", "0.567 (0.975)", cellwise(lambda x: str(x).upper()), plain
    ),
    "booleans, then 0 and 1": Case("flag", "0.517 (0.933)", plain, cellwise(int)),
    "booleans, then 'true'": Case(
        "flag", "0.517 (0.933)", plain, cellwise(lambda x: str(x).lower())
    ),
    "02139 as a category, then 2139": Case(
        "zip", "off by 0.52", plain, cellwise(int), kind="categorical"
    ),
    "31-Dec-23": Case("day", "0.53 (0.90)", dated("%d-%b-%y")),
    "2023-12-31 and 31.12.2023": Case("day", "0.53 (0.90)", dated("%Y-%m-%d", "%d.%m.%Y")),
    "2023-12-31 and unknown": Case(
        "day", "a category", with_token("unknown", dated("%Y-%m-%d")), dated("%Y-%m-%d")
    ),
    "2023-12-31 and 9999-12-31": Case(
        "day", "a category", with_token("9999-12-31", dated("%Y-%m-%d")), dated("%Y-%m-%d")
    ),
    "2023-12-31, then 31.12.2023": Case("day", "off by 0.94", dated("%Y-%m-%d"), dated("%d.%m.%Y")),
    "10377, then 10,377.00": Case("price", "as if empty", plain, cellwise("{:,.2f}".format)),
    "10 % '?'": Case("price", TOKENS, with_token("?"), plain),
    "10 % '-'": Case("price", TOKENS, with_token("-"), plain),
    "10 % blanks": Case("price", TOKENS, with_token(" "), plain),
    "10 % '#DIV/0!'": Case("price", TOKENS, with_token("#DIV/0!"), plain),
    "10,377": Case("price", TOKENS, cellwise("{:,.0f}".format)),
    "$1,200.50": Case("price", TOKENS, cellwise("${:,.2f}".format)),
    "45%": Case("price", TOKENS, cellwise(lambda price: f"{price / 100:.0f}%")),
    "12,5": Case("price", TOKENS, cellwise(lambda price: f"{price:.2f}".replace(".", ","))),
    "a footer 'Total'": Case("price", TOKENS, with_total, plain),
}
