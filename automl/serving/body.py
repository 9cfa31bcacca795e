"""The body of a request, read with its limits enforced while it comes in."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from http import HTTPStatus
from typing import Any, TypeAlias

from automl.serving.request_error import RequestError

MOST_BYTES = 10 * 1024 * 1024
# What is too long is read and dropped up to here: a client that hears nothing until it has sent
# everything would see a broken connection instead of the answer.
MOST_DROPPED = 4 * MOST_BYTES
SECONDS = 30.0  # for a body to come in

Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]


class DisconnectedError(Exception):
    """The client went away before its request was there."""


async def read_body(headers: Iterable[tuple[bytes, bytes]], receive: Receive) -> bytes:
    """Return the body of a request.

    Parameters
    ----------
    headers : iterable of (bytes, bytes)
        The headers of the request; their length of the body is believed only where it is too long.
    receive : callable
        Of ASGI.

    Raises
    ------
    RequestError
        If it is too long, or does not come in.
    DisconnectedError
        If the client went away.
    """
    fields = {name.lower(): value for name, value in headers}
    declared = fields.get(b"content-length", b"")
    n_bytes = int(declared) if declared.isdigit() and len(declared) < len(str(2**63)) else 0
    if n_bytes > MOST_DROPPED or (n_bytes > MOST_BYTES and b"expect" in fields):
        raise _too_long()
    try:
        async with asyncio.timeout(SECONDS):
            return await _read(receive)
    except TimeoutError:
        raise RequestError(
            HTTPStatus.REQUEST_TIMEOUT,
            f"the body did not come in within {SECONDS:.0f} s",
            headers={"connection": "close"},
        ) from None


async def _read(receive: Receive) -> bytes:
    parts: list[bytes] = []
    n_bytes, has_more = 0, True
    while has_more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise DisconnectedError
        part = message.get("body", b"")
        has_more = message.get("more_body", False)
        n_bytes += len(part)
        if n_bytes > MOST_DROPPED:
            break
        if n_bytes > MOST_BYTES:
            parts.clear()  # nothing more is kept
        else:
            parts.append(part)
    if n_bytes > MOST_BYTES:
        raise _too_long()
    return b"".join(parts)


def _too_long() -> RequestError:
    return RequestError(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        f"expected a body of {MOST_BYTES // 1024**2} MiB or less; send the rows in parts",
        headers={"connection": "close"},
    )
