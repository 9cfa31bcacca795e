"""Random changes of files: of their bytes, and of JSON values."""

import json
from typing import Any

import numpy as np

ODD_VALUES: tuple[Any, ...] = (
    None, True, 0, -1, 1e308, 10**30, "", "\x00", "x" * 10_000, "../../etc", [], {}, [[]],
    {"a": {}}, ["a", 1], "__class__",
)  # fmt: skip


def change_bytes(content: bytes, rng: np.random.Generator) -> bytes:
    """Return a content with some bytes changed, cut off, repeated, zeroed or put in.

    Parameters
    ----------
    content : bytes
    rng : generator
    """
    cells = bytearray(content)
    size = len(cells)
    match rng.choice(["flip", "cut", "repeat", "zero", "insert", "head"]):
        case "flip":
            for place in rng.integers(0, size, int(rng.integers(1, 20))):
                cells[place] ^= 1 << int(rng.integers(8))
        case "cut":
            del cells[int(rng.integers(size)) :]
        case "repeat":
            start, length = int(rng.integers(size)), int(rng.integers(1, 4096))
            cells[start:start] = cells[start : start + length]
        case "zero":
            start, length = int(rng.integers(size)), int(rng.integers(1, 4096))
            cells[start : start + length] = bytes(len(cells[start : start + length]))
        case "insert":
            start = int(rng.integers(size))
            cells[start:start] = rng.bytes(int(rng.integers(1, 100)))
        case _:  # files say at their beginning what they are
            for place in rng.integers(0, min(size, 100), int(rng.integers(1, 4))):
                cells[place] = int(rng.integers(256))
    return bytes(cells)


def change_json(text: str, rng: np.random.Generator) -> str:
    """Return JSON of which one value is odd, gone, doubled or renamed.

    Parameters
    ----------
    text : str
    rng : generator
    """
    content = json.loads(text)
    owner, key = _place(content, rng)
    match rng.choice(["odd", "gone", "doubled", "renamed"]):
        case "odd":
            owner[key] = ODD_VALUES[int(rng.integers(len(ODD_VALUES)))]
        case "gone":
            del owner[key]
        case "doubled":
            owner[key] = [owner[key], owner[key]]
        case _ if isinstance(owner, dict):
            owner[f"{key} "] = owner.pop(key)
        case _:
            owner.append(owner[key])
    return json.dumps(content)


def _place(content: Any, rng: np.random.Generator) -> tuple[Any, Any]:
    """Return a container and one of its keys; each level is as likely as the next."""
    while True:
        keys = list(content) if isinstance(content, dict) else range(len(content))
        key = keys[int(rng.integers(len(keys)))]
        value = content[key]
        # Long tables would take all changes if all places were as likely.
        if not (isinstance(value, dict | list) and value) or rng.integers(3) == 0:
            return content, key
        content = value
