"""What the name of a column says of its cells, in English words.

A name alone decides nothing: the cells have to agree with it.
"""

import re
from itertools import pairwise

WORD = re.compile(r"[A-Z]+s?(?![a-z])|[A-Z]?[a-z]+|\d+")
# As pandas, R and people call the numbers of rows.
ROW = re.compile(r"(Unnamed: \d+(\.\d+)*|index|level_0|row[ _]?(names?|id|num(ber)?|no|)|#|)", re.I)
IDENTIFIERS = frozenset("account barcode guid hash id ids invoice key serial ssn uuid".split())
NUMBERS = frozenset("code no nr num number ref reference".split())  # of something that is named
# Rows of one of them are alike, whatever else they tell.
KEYS = frozenset("guid id ids mrn pid uid uuid".split())
LABELS = frozenset("idx key name".split()) | KEYS | NUMBERS
ENTITIES = frozenset(
    """animal athlete author batch center centre client clinic cluster company cow customer device
    doctor donor driver employee engine farm firm group hospital household lot machine member mouse
    owner pair participant patient person physician player plot practice pupil school sensor session
    shop site speaker specimen station store student subj subject supplier team tree twin unit user
    vehicle volunteer well worker""".split()
)
# Beside one of these, an entity is counted or described.
DESCRIPTIONS = frozenset(
    "age average body count distance ethnic mean n of per size to total type".split()
)
MOMENTS = frozenset("date day epoch month period quarter time timestamp week year".split())
PLACES = frozenset("post postal postcode zip zipcode".split())
# Dates that belong to an entity, and give rows no order in time.
FACTS = frozenset(
    """birth birthday birthdate born built contact death dob due expires expiry founded geburt
    geburtsdatum hire hired joined registration""".split()
)


def is_row_number(name: str) -> bool:
    """Tell whether a column is called as numbers of rows are."""
    return ROW.fullmatch(name) is not None


def is_identifier(name: str) -> bool:
    """Tell whether a column is called as identifiers are.

    Examples
    --------
    >>> is_identifier("customerID"), is_identifier("invoice_no"), is_identifier("humid")
    (True, True, False)
    """
    words = words_of(name)
    return bool(words) and words[-1] in (IDENTIFIERS | NUMBERS if len(words) > 1 else IDENTIFIERS)


def is_entity(name: str) -> bool:
    """Tell whether a column is called as things are of which there may be several rows.

    Examples
    --------
    >>> is_entity("patient_id"), is_entity("Subject#"), is_entity("store_type")
    (True, True, False)
    """
    words = [word.removesuffix("s") for word in words_of(name) if not word.isdigit()]
    if not words or not DESCRIPTIONS.isdisjoint(words):
        return False
    is_paired = any(first in ENTITIES and second in LABELS for first, second in pairwise(words))
    return is_paired or words[-1] in ENTITIES | KEYS or words[-1].removesuffix("id") in ENTITIES


def is_moment(name: str) -> bool:
    """Tell whether a column is called as parts of dates and times are."""
    words = words_of(name)
    return not MOMENTS.isdisjoint(words) and "per" not in words


def is_fact(name: str) -> bool:
    """Tell whether a column is called as dates of an entity are, such as those of birth."""
    return not FACTS.isdisjoint(words_of(name))


def is_place(name: str) -> bool:
    """Tell whether a column is called as codes of places are, which are features of a row."""
    return not PLACES.isdisjoint(words_of(name))


def words_of(name: str) -> list[str]:
    """Return the words of a name in lower case.

    Examples
    --------
    >>> words_of("dateOfBirth_2")
    ['date', 'of', 'birth', '2']
    """
    return [word.lower() for word in WORD.findall(name)]
