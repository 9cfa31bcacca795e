"""Texts as Markdown that shows them as they are, with no more backslashes than that takes."""

import re

ANYWHERE = re.compile(r"([\\`*\[|~])")  # signs by which CommonMark and tables format
ENTITY = re.compile(r"&(?=#?\w+;)")
# A heading, a quotation, a line or a list, at the start of a text.
BLOCK = re.compile(r"^(?=#{1,6}(?:\s|$)|>|-(?:\s|$|[-\s]+$)|\+(?:\s|$))")
ORDERED = re.compile(r"^(\d{1,9})(?=[.)](?:\s|$))")
CLOSING = re.compile(r"(?<=\s)(?=#+$)")  # signs that end a heading
ADDRESS = re.compile(r"(?<=https:|.http:|..ftp:)(?=//)|(?<=www)(?=\.)", re.IGNORECASE)


def markdown(text: str) -> str:
    r"""Return a text as Markdown that shows it as it is, on one line.

    Parameters
    ----------
    text : str

    References
    ----------
    The CommonMark specification, version 0.31, and the one of GitHub for tables and addresses.

    Examples
    --------
    >>> markdown("<b>|x"), markdown("ridge on standard_scaler (2 steps), 0.5-1.")
    ('&lt;b>\\|x', 'ridge on standard_scaler (2 steps), 0.5-1.')
    """
    line = ANYWHERE.sub(r"\\\1", " ".join(text.split()))
    line = re.sub("_+", _underscores, line)
    for place in (BLOCK, CLOSING, ADDRESS):
        line = place.sub(r"\\", line)
    return ENTITY.sub("&amp;", ORDERED.sub(r"\1\\", line)).replace("<", "&lt;")


def fence(text: str) -> str:
    """Return a fence for code that is longer than any in it."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    return "`" * max(3, longest + 1)


def _underscores(run: re.Match[str]) -> str:
    """Return underscores as they are inside of a word, as in standard_scaler, or escaped."""
    text, (start, end) = run.string, run.span()
    is_inside = text[:start][-1:].isalnum() and text[end:][:1].isalnum()
    return run.group() if is_inside else r"\_" * len(run.group())
