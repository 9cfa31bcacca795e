"""The saved model that a command reads."""

import argparse


def add_model_options(parser: argparse.ArgumentParser) -> None:
    """Add the file of a model, and the catalogue that it may need to be read."""
    parser.add_argument("model", metavar="MODEL", help="file that 'automl fit --save' has written")
    parser.add_argument(
        "--catalogue",
        metavar="NAME",
        default="default",
        help="catalogue of 'automl fit', if it had operators of your own (default: %(default)s)",
    )
