"""``automl serve``: answer requests over HTTP with a saved pipeline."""

import argparse

from automl.cli.model import add_model_options
from automl.estimators import load
from automl.serving import serve_app
from automl.serving.server import LOOPBACK, names_of, run_server

SUMMARY = "answer requests over HTTP with a saved pipeline"

DESCRIPTION = """\
Answer requests over HTTP with a saved pipeline. GET /schema tells the columns,
POST /predict takes rows as JSON and gives predictions with probabilities or
intervals, GET /health tells whether the server is there. Only this machine can
reach it, unless --host names another address. Ctrl+C ends it. It needs an
extra: pip install 'automl-gp[serve]'."""

EXAMPLES = """\
examples:
  automl serve model
  curl http://127.0.0.1:8000/schema
  curl http://127.0.0.1:8000/predict -d '{"rows": [{"age": 31, "city": null}]}'"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``automl serve``."""
    add_model_options(parser)
    parser.add_argument(
        "--host",
        metavar="ADDRESS",
        default=LOOPBACK,
        help="address to listen at (default: %(default)s, this machine only)",
    )
    parser.add_argument(
        "--port",
        type=int,
        default=8000,
        metavar="N",
        help="port to listen at; 0 takes a free one (default: %(default)s)",
    )


def run(options: argparse.Namespace) -> None:
    """Serve until the user ends it.

    Raises
    ------
    AutoMLError
        If the model cannot be read, uvicorn is not installed, or the address is taken.
    """
    app = serve_app(load(options.model, catalogue=options.catalogue), hosts=names_of(options.host))
    run_server(app, options.host, options.port, _announce)


def _announce(address: str) -> None:
    print(f"{address}\nCtrl+C ends the server.", flush=True)
