"""``automl watch``: the report on a run as a page that follows it."""

import argparse
import os
from contextlib import suppress

from automl.errors import SettingsError
from automl.estimators import ESTIMATORS
from automl.page.history_facts import history_facts
from automl.page.server import LivePage, PageServer
from automl.search.stored_run import read_run, stamp_of

SUMMARY = "show a run in the browser while it goes on"

DESCRIPTION = """\
Serve the report on the run in a history file as a page that follows the run.
Another process on this machine may be running it. The command prints the
address, which holds a random token; only this machine can reach it. Ctrl+C
ends the page; the run goes on."""

EXAMPLES = """\
examples:
  automl fit train.csv --target price --history run.db
  automl watch run.db

From another machine, forward the port:
  ssh -L 8000:127.0.0.1:8000 HOST automl watch run.db --port 8000"""

HIGHEST_PORT = 65_535


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``automl watch``."""
    parser.add_argument("history", metavar="HISTORY", help="file that 'automl fit --history' keeps")
    parser.add_argument(
        "--port",
        type=int,
        default=0,
        metavar="N",
        help="port of the page on this machine (default: a free one)",
    )


def run(options: argparse.Namespace) -> None:
    """Serve the page until the user ends it.

    Raises
    ------
    AutoMLError
        If the history cannot be read, or the port is taken.
    """
    if not 0 <= options.port <= HIGHEST_PORT:
        raise SettingsError(f"expected --port between 0 and {HIGHEST_PORT}, got {options.port}")
    page = LivePage(
        lambda: history_facts(read_run(options.history), ESTIMATORS),
        lambda: stamp_of(options.history),
    )
    page.newest()  # an error is better said here than in a browser
    try:
        server = PageServer(page, options.port)
    except OSError as error:
        raise SettingsError(
            f"the port {options.port} cannot be used ({os.strerror(error.errno or 0)}); leave "
            "--port out to take a free one"
        ) from error
    with server:
        print(f"{server.address}\nCtrl+C ends the page; the run goes on.", flush=True)
        with suppress(KeyboardInterrupt):  # the usual end
            server.serve_forever()
