"""The command line: ``automl fit | resume | predict | export | catalogue | demo``."""

from automl.cli.parser import main

__all__ = ["main"]
