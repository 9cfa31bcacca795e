"""The server of `automl serve`: uvicorn on an address of this machine."""

import ipaddress
import os
import socket
from collections.abc import Callable
from contextlib import suppress

from automl.errors import SettingsError, warn
from automl.serving.app import PredictionApp

LOOPBACK = "127.0.0.1"
LOCAL_NAMES = ("localhost", "127.0.0.1", "::1")
HIGHEST_PORT = 65_535
SECONDS = 10  # for requests that are being answered when the server is to end


def names_of(host: str) -> list[str] | None:
    """Return the names by which a server may be reached: any, unless it is for this machine only.

    Parameters
    ----------
    host : str

    Examples
    --------
    >>> names_of("127.0.0.1")
    ['localhost', '127.0.0.1', '::1']
    >>> names_of("0.0.0.0") is None
    True
    """
    return list(dict.fromkeys([*LOCAL_NAMES, host])) if _is_loopback(host) else None


def run_server(app: PredictionApp, host: str, port: int, announce: Callable[[str], None]) -> None:
    """Serve an application until the user ends it.

    Parameters
    ----------
    app : PredictionApp
    host : str
        The address to listen at.
    port : int
        0 takes a free one.
    announce : callable
        Is given the address, once requests can come in.

    Raises
    ------
    SettingsError
        If uvicorn is not installed, or the address cannot be used.
    """
    try:
        import uvicorn
    except ImportError as error:
        raise SettingsError(
            "a server needs uvicorn, which is not installed: pip install 'automl-gp[serve]'"
        ) from error
    if not 0 <= port <= HIGHEST_PORT:
        raise SettingsError(f"expected a port between 0 and {HIGHEST_PORT}, got {port}")
    config = uvicorn.Config(
        app,
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        lifespan="off",
        ws="none",
        proxy_headers=False,
        timeout_graceful_shutdown=SECONDS,
    )
    with _listening(host, port) as listener:
        if not _is_loopback(host):
            warn(
                f"whoever reaches {host} can ask the model, for there is no password; keep to "
                f"{LOOPBACK} behind a proxy that asks for one"
            )
        shown = f"[{host}]" if ":" in host else host
        announce(f"http://{shown}:{listener.getsockname()[1]}")
        with suppress(KeyboardInterrupt):  # the usual end
            uvicorn.Server(config).run(sockets=[listener])


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _listening(host: str, port: int) -> socket.socket:
    """Return a socket that listens, so that a port that is taken is an error of ours."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listener = socket.create_server((host, port), family=family)
    except (OSError, UnicodeError) as error:
        number = getattr(error, "errno", None)
        reason = os.strerror(number) if number and number > 0 else str(error)
        raise SettingsError(
            f"the address {host}:{port} cannot be used ({reason}); give another host or port, "
            "0 takes a free one"
        ) from error
    # asyncio sends small packets at once (TCP_NODELAY) only where a socket names its protocol.
    # Else each answer would wait for the acknowledgement of its headers, up to 40 ms.
    return socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP, listener.detach())
