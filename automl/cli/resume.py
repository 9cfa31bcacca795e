"""``automl resume``: continue a search that was stopped."""

import argparse

from automl.cli.fit import add_search_options, search_pipeline

SUMMARY = "continue a search that 'automl fit --history' has kept"

DESCRIPTION = """\
Continue a search from the file that 'automl fit --history' has kept. No
evaluation in the file is repeated. Give the data and the options of the fit
again; the values of --budget, --evaluations, --patience, --jobs, --save and
--export may differ. --seed may be left out, because the file holds it. With
fewer --evaluations than the file holds, its first pipelines are the result."""

EXAMPLES = """\
examples:
  automl fit train.csv --target price --history run.db
  automl resume train.csv --target price --history run.db --save model"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``automl resume``."""
    add_search_options(parser).add_argument(
        "--history",
        required=True,
        metavar="FILE",
        help="file that 'automl fit --history' has kept (required)",
    )


def run(options: argparse.Namespace) -> None:
    """Continue the search."""
    search_pipeline(options, resume=True)
