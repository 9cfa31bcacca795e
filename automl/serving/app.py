"""A fitted estimator as an ASGI application.

::

    GET  /health   whether the model is there
    GET  /schema   the columns with their kinds, target, classes, score and versions
    POST /predict  rows in; predictions, probabilities or intervals out

JSON and predictions are the work of one thread, so the event loop answers meanwhile. One thread is
enough: a prediction keeps Python to itself, and warnings are caught for one request at a time.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from sklearn.utils.validation import check_is_fitted

from automl.base import BaseAutoML
from automl.errors import AutoMLError, SettingsError
from automl.serving.answers import Predictions
from automl.serving.body import DisconnectedError, Message, Receive, read_body
from automl.serving.request_error import RequestError
from automl.serving.rows import read_request
from automl.serving.schema import schema_of
from automl.winner.fitted import Fitted

Scope: TypeAlias = Mapping[str, Any]
Send: TypeAlias = Callable[[Message], Awaitable[None]]

READ, ASK = ("GET", "HEAD"), ("POST",)
METHODS = {"/health": READ, "/schema": READ, "/predict": ASK}
MOST_WAITING = 64  # requests, each of which may hold 10 MiB
HEADERS = {
    "content-type": "application/json",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
}
LOGGER = logging.getLogger("automl.serving")


class PredictionApp:
    """The ASGI application of a fitted estimator; `serve_app` makes it.

    Parameters
    ----------
    fitted : Fitted
    hosts : collection of str or None
        The names by which it may be reached; None for all.
    """

    def __init__(self, fitted: Fitted, hosts: Collection[str] | None = None) -> None:
        self._hosts = None if hosts is None else {host.lower() for host in hosts}
        self._predictions = Predictions(fitted)
        self._used = fitted.columns.names
        target = fitted.names.target
        self._columns_of_fit = {
            *fitted.names.columns,
            *([target] if isinstance(target, str) else target),
        }
        self._schema = schema_of(fitted, self._predictions.has_intervals())
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="automl-predictions")
        self._n_waiting = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request as ASGI defines."""
        if scope["type"] == "lifespan":
            await _live(receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1000})
        else:
            await self._respond(scope, receive, send)

    async def _respond(self, scope: Scope, receive: Receive, send: Send) -> None:
        status, headers = HTTPStatus.OK, {}
        try:
            body = await self._answer(scope, receive)
        except DisconnectedError:
            return
        except RequestError as error:
            status, headers = error.status, dict(error.headers)
            body = _encoded(error.content)
        except Exception:
            # The rows of a user may be in a traceback, so nothing of it leaves this machine.
            LOGGER.exception("a request could not be answered")
            status = HTTPStatus.INTERNAL_SERVER_ERROR
            body = _encoded({"error": "the model failed; the log of the server says why"})
        headers = HEADERS | {"content-length": str(len(body))} | headers
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": int(status), "headers": raw})
        is_empty = scope["method"] == "HEAD"
        await send({"type": "http.response.body", "body": b"" if is_empty else body})

    async def _answer(self, scope: Scope, receive: Receive) -> bytes:
        """Return the body of the answer.

        Raises
        ------
        RequestError
        """
        headers = scope["headers"]
        self._check_host(headers)
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        if path not in METHODS:
            raise RequestError(
                HTTPStatus.NOT_FOUND, f"there is no such path; there are {sorted(METHODS)}"
            )
        if scope["method"] not in METHODS[path]:
            allowed = ", ".join(METHODS[path])
            raise RequestError(
                HTTPStatus.METHOD_NOT_ALLOWED,
                f"{path} answers to {allowed}",
                headers={"allow": allowed},
            )
        if path == "/health":
            return _encoded({"status": "ok"})
        if path == "/schema":
            return _encoded(self._schema)
        if self._n_waiting >= MOST_WAITING:
            raise RequestError(
                HTTPStatus.SERVICE_UNAVAILABLE,
                f"{MOST_WAITING} requests are waiting already; ask again later",
                headers={"retry-after": "1", "connection": "close"},
            )
        self._n_waiting += 1
        try:
            body = await read_body(headers, receive)
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._executor, self._predict, body)
        finally:
            self._n_waiting -= 1

    def _predict(self, body: bytes) -> bytes:
        """Return the answer to a body; it runs in the thread of predictions."""
        request = read_request(body, self._used, self._columns_of_fit)
        try:
            return _encoded(self._predictions.answer(request))
        except AutoMLError as error:
            raise RequestError(HTTPStatus.UNPROCESSABLE_ENTITY, str(error)) from error

    def _check_host(self, headers: Collection[tuple[bytes, bytes]]) -> None:
        """Refuse a page of somebody else that reaches this server by a name of its own."""
        if self._hosts is None:
            return
        names = [value.decode("latin-1") for name, value in headers if name.lower() == b"host"]
        if len(names) != 1 or _hostname(names[0]) not in self._hosts:
            raise RequestError(HTTPStatus.FORBIDDEN, "this address is for this machine only")


def serve_app(model: BaseAutoML, *, hosts: Collection[str] | None = None) -> PredictionApp:
    """Return an ASGI application that predicts with a fitted estimator.

    Any ASGI server runs it, such as uvicorn; `automl serve` does so on the command line. It keeps
    to the estimator as it is now: a threshold that is set later is not its own.

    Parameters
    ----------
    model : AutoMLClassifier or AutoMLRegressor
        Fitted, or from `load`.
    hosts : collection of str, optional
        The names in the Host header by which it may be reached, such as ``["localhost"]``; by
        default all.

    Returns
    -------
    PredictionApp

    Raises
    ------
    SettingsError
        If the model is something else, or was fitted with ``refit=False``.
    NotFittedError
        If it is not fitted.

    Examples
    --------
    >>> import automl
    >>> from sklearn.datasets import load_iris
    >>> X, y = load_iris(as_frame=True, return_X_y=True)
    >>> search = automl.AutoMLClassifier(max_evaluations=2, n_jobs=1, random_state=0, verbose=0)
    >>> app = automl.serve_app(search.fit(X, y))  # for example: uvicorn module:app
    """
    if not isinstance(model, BaseAutoML):
        raise SettingsError(
            f"expected a fitted AutoMLClassifier or AutoMLRegressor, got {model!r:.80}; "
            "automl.load(path) reads one from a file"
        )
    check_is_fitted(model)
    if model._fitted.script is None:
        raise SettingsError("refit=False leaves nothing to predict with; fit with refit=True")
    return PredictionApp(model._fitted, hosts)


async def _live(receive: Receive, send: Send) -> None:
    """Say that there is nothing to start and nothing to end."""
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


def _encoded(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, allow_nan=False, separators=(",", ":")).encode()


def _hostname(host: str) -> str | None:
    """Return the name in a Host header, without its port."""
    try:
        return urlsplit(f"//{host}").hostname if "@" not in host else None
    except ValueError:  # brackets that do not match
        return None
