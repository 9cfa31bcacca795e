"""The command line: ``automl fit | resume | predict | serve | export | catalogue | demo``.

Every command is a file of this folder; `parser` puts them together. What takes part in a fit::

    fit, resume ── table     the CSV file as a dataframe
                └─ summary   the result as text
"""

from automl.cli.parser import main

__all__ = ["main"]
