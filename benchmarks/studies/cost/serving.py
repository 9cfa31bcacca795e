"""The cost of `automl serve` beyond the prediction itself, over loopback."""

import http.client
import json
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import psutil
from sklearn.datasets import load_breast_cancer

from automl import AutoMLClassifier

SEED = 0
REQUESTS = 20  # of a row, for each task of a repeat: 2,000 with a hundred tasks
LARGE_ROWS, LARGE_REQUESTS = 1_000, 20
WARM_REQUESTS = 200  # before the memory is looked at: the first ones import and fill caches
MIB = 2**20


def serving_cost(n: int) -> dict[str, float]:
    """Return how long requests take beside a prediction, and how the memory grows.

    Parameters
    ----------
    n : int
        A twentieth of the requests with a row.
    """
    X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    search = AutoMLClassifier(max_evaluations=4, n_jobs=1, random_state=SEED, verbose=0).fit(X, y)
    single = X.iloc[:1]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model"
        search.save(path)
        with _server(path) as (server, port), ExitStack() as stack:
            ask = partial(_answer, stack.enter_context(closing(_connection(port))))
            row, rows = _body(single), _body(X.iloc[np.arange(LARGE_ROWS) % len(X)])
            for _ in range(WARM_REQUESTS):
                ask(row)
            before = server.memory_info().rss
            # In turns, so that a machine that slows down does so for both.
            pairs = [
                (_seconds(ask, row), _seconds(search.predict_proba, single))
                for _ in range(n * REQUESTS)
            ]
            grown = server.memory_info().rss / before - 1
            large = [_seconds(ask, rows) for _ in range(LARGE_REQUESTS)]
    asked, predicted = np.array(pairs).T
    return {
        "a row, median, ms": 1e3 * float(np.median(asked)),
        "the same by predict_proba, median, ms": 1e3 * float(np.median(predicted)),
        "a row beyond predict_proba, median, ms": 1e3 * float(np.median(asked - predicted)),
        "a row, 99 of 100 within, ms": 1e3 * float(np.quantile(asked, 0.99)),
        "requests of a row, 1/s": 1 / float(np.mean(asked)),
        "requests of 1,000 rows, 1/s": 1 / float(np.mean(large)),
        f"memory grown over {n * REQUESTS:,} requests, %": 100 * grown,
        "memory of the server, MiB": before / MIB,
    }


@contextmanager
def _server(path: Path) -> Iterator[tuple[psutil.Process, int]]:
    """Run a server of a model, and yield its process and its port."""
    command = [sys.executable, "-m", "automl", "serve", str(path), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            address = process.stdout.readline().strip()
            yield psutil.Process(process.pid), int(urlsplit(address).port or 0)
        finally:
            process.terminate()


def _connection(port: int) -> http.client.HTTPConnection:
    """Return a connection that sends head and body of a request without a wait between them."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.connect()
    connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def _answer(connection: http.client.HTTPConnection, body: bytes) -> bytes:
    """Send a request for predictions, and return the answer."""
    connection.request("POST", "/predict", body, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    content = answer.read()
    if answer.status != http.client.OK:
        raise RuntimeError(f"expected an answer, got {answer.status}: {content[:200]!r}")
    return content


def _body(frame: Any) -> bytes:
    return json.dumps({"rows": frame.to_dict("records")}).encode()


def _seconds(call: Any, argument: Any) -> float:
    started = time.perf_counter()
    call(argument)
    return time.perf_counter() - started
