"""How the cells of a column are written, as far as that is not plain."""

from dataclasses import dataclass


@dataclass(frozen=True)
class NumberForm:
    """The form of numbers such as $1,200.50.

    Examples
    --------
    >>> str(NumberForm(before="$", thousands=","))
    '$1,234.5'
    """

    before: str = ""
    """The text in front of the digits, such as a currency."""
    after: str = ""
    """The text behind the digits, such as % or a unit."""
    thousands: str = ""
    """The sign between thousands."""
    decimal: str = "."
    """The decimal sign."""

    def __str__(self) -> str:
        gap = " " if self.after.isalpha() else ""
        return f"{self.before}1{self.thousands}234{self.decimal}5{gap}{self.after}"


@dataclass(frozen=True)
class Reading:
    """How the cells of a column are written.

    Examples
    --------
    >>> str(Reading(number=NumberForm(decimal=","), missing=("?",), missing_share=0.02))
    "as 1234,5; missing: '?' (2.0%)"
    """

    number: NumberForm | None = None
    """The form of numbers."""
    formats: tuple[str, ...] = ()
    """The formats of dates, in the order in which they are tried."""
    first_year: int | None = None
    """The first of the hundred years that two digits may mean; None is 1969, as for Python."""
    is_code: bool = False
    """Whether 1, 1.0, 01, True and "true" are the same category."""
    missing: tuple[str, ...] = ()
    """The texts that count as missing."""
    missing_share: float = 0.0
    """Their share of all cells."""
    number_share: float = 0.0
    """The share of numbers among the cells, where these are too few to be a column of numbers."""

    def __str__(self) -> str:
        return "; ".join(self._parts())

    def _parts(self) -> list[str]:
        parts = []
        if self.number is not None:
            parts.append(f"as {self.number}")
        if self.formats:
            parts.append(f"as {' or '.join(self.formats)}")
        if self.first_year is not None:
            parts.append(f"two digits are a year from {self.first_year} on")
        if self.missing:
            texts = ", ".join(map(repr, self.missing))
            parts.append(f"missing: {texts} ({self.missing_share:.1%})")
        if self.number_share:
            parts.append(f"numbers in {self.number_share:.1%} of the cells")
        return parts


PLAIN = Reading()
