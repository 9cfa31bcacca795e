"""Data of many kinds, and a client that speaks ASGI to an application in this process."""

import asyncio
import json

import numpy as np
import pandas as pd

from automl import NestedCV

N = 120
RNG = np.random.default_rng(0)
QUICK = {
    "max_evaluations": 3,
    "time_budget": None,
    "n_jobs": 1,
    "verbose": 0,
    "random_state": 0,
    "catalogue": "interpretable",
    "cv": NestedCV(outer=3, repeats=1, tuner=None),
}
TEXTS = [f"{a} {b} house near the {c}" for a in ("old", "new") for b in "red blue wide".split()
         for c in "sea wood town hill".split()]  # fmt: skip


def mixed_frame():
    """Return numbers, written numbers, categories, booleans, dates and texts, with gaps."""
    frame = pd.DataFrame(
        {
            "age": RNG.normal(50, 10, N),
            "rooms": RNG.integers(1, 9, N),
            "price": [f"${cells:,.2f}" for cells in RNG.uniform(500, 9000, N)],
            "city": RNG.choice(["Oslo", "Rome", "Bern"], N),
            "is_new": RNG.choice([True, False], N),
            "sold": pd.Timestamp("2020-01-01") + pd.to_timedelta(RNG.integers(0, 900, N), "D"),
            "note": [f"{text} number {n % 60}" for n, text in enumerate(RNG.choice(TEXTS, N))],
        }
    )
    for name in ("age", "city", "sold", "note"):
        frame[name] = frame[name].mask(RNG.random(N) < 0.1)
    return frame


def rows_of(frame):
    """Return the rows of a dataframe as JSON would bring them."""
    texts = frame.copy()
    for name in texts.select_dtypes("datetime"):
        texts[name] = texts[name].dt.strftime("%Y-%m-%d")
    cells = texts.astype(object).where(texts.notna(), None).to_dict("records")
    plain = lambda cell: cell.item() if isinstance(cell, np.generic) else cell  # noqa: E731
    return [{name: plain(cell) for name, cell in row.items()} for row in cells]


class Answer:
    """What an application has sent."""

    def __init__(self, messages):
        start, *parts = messages
        self.status = start["status"]
        self.headers = {name.decode(): value.decode() for name, value in start["headers"]}
        self.body = b"".join(part.get("body", b"") for part in parts)

    def json(self):
        def refuse(name):
            raise AssertionError(f"{name} is not JSON")

        return json.loads(self.body, parse_constant=refuse)


async def ask(app, method, path, parts=(b"",), headers=(), root_path=""):
    """Return the answer to a request whose body comes in parts."""
    waiting, sent = list(parts), []

    async def receive():
        if not waiting:
            return {"type": "http.disconnect"}
        part = waiting.pop(0)
        return {"type": "http.request", "body": part, "more_body": bool(waiting)}

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": method, "path": path, "root_path": root_path}
    raw = [(name.encode(), value.encode()) for name, value in headers]
    await app({**scope, "headers": raw}, receive, send)
    return Answer(sent) if sent else None


class Client:
    """Asks an application in this process."""

    def __init__(self, app):
        self.app = app

    def get(self, path, **options):
        return asyncio.run(ask(self.app, "GET", path, **options))

    def post(self, content, **options):
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        return asyncio.run(ask(self.app, "POST", "/predict", [body], **options))
