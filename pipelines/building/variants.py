"""The functions of the command line that a script needs.

`command_line` has a function of each step for each case::

    file      pandas.read_csv, read_stripped_file or read_typed_file
    read      read_table, or read_with_target where rows without a target are left out
    fit       fit for numbers, fit_labels, fit_several_labels; around it fit_weighted, fit_sample
              (fit_sample_of_classes)
    verify    verify, or verify_nothing where no predictions came with the script
    predict   predict for numbers, predict_targets of several, predict_quantiles, predict_labels,
              predict_several_labels
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from automl.pipelines.building import command_line
from automl.pipelines.building.read_options import CSV
from automl.pipelines.building.script import Script

DESCRIPTION = "Fit the pipeline, and predict with it."

Function = Callable[..., Any]


@dataclass(frozen=True)
class Variant:
    """The functions of the command line that a script needs."""

    steps: dict[str, Function]
    """The function of each step, by the name that `main` calls."""
    make_parser: Function | None = None
    """The function that makes a parser for `main`; without it, `main` gets a plain parser."""

    def functions(self) -> list[Function]:
        """Return the functions in the order in which they stand in the script."""
        parsers = [self.make_parser] if self.make_parser else []
        functions = [*self.steps.values(), *parsers, command_line.main]
        return [function for function in functions if function is not pd.read_csv]

    def last_lines(self) -> str:
        """Return the lines that call `main`, after the assignment of the functions it calls."""
        steps = {step: _name(function) for step, function in self.steps.items()}
        assigned = {step: name for step, name in steps.items() if step != name}
        lines = [f"{', '.join(assigned)} = {', '.join(assigned.values())}"] if assigned else []
        parser = self.make_parser.__name__ if self.make_parser else "argparse.ArgumentParser"
        call = f'    main({parser}(description="{DESCRIPTION}"))'
        return "\n".join([*lines, 'if __name__ == "__main__":', call])


def _file_reader(script: Script) -> Function:
    if script.form.format != CSV:
        return command_line.read_typed_file
    return command_line.read_stripped_file if script.form.strips_names else pd.read_csv


def _name(function: Function) -> str:
    return "pd.read_csv" if function is pd.read_csv else function.__name__


def choose_variant(script: Script) -> Variant:
    """Return the functions of the command line that a script needs."""
    fit, predict = command_line.fit, command_line.predict
    if script.classes is not None:
        fit, predict = command_line.fit_labels, command_line.predict_labels
        if not isinstance(script.target, str):
            fit, predict = command_line.fit_several_labels, command_line.predict_several_labels
    elif not isinstance(script.target, str):
        predict = command_line.predict_targets
    elif isinstance(script.options.quantile, tuple):
        predict = command_line.predict_quantiles
    has_checks = len(script.check_rows) > 0
    verify = command_line.verify if has_checks else command_line.verify_nothing
    fits: dict[str, Function] = {"fit": fit}
    if script.weighted:
        fits = {"fit_rows": fit, "fit": command_line.fit_weighted}
    if script.n_learnt is not None:
        fits["fit_all"] = fits.pop("fit")
        is_classes = script.classes is not None
        fits["fit"] = command_line.fit_sample_of_classes if is_classes else command_line.fit_sample
    reads: dict[str, Function] = {
        "read_file": _file_reader(script),
        "read_table": command_line.read_table,
    }
    if script.form.skips_rows_without_target:
        reads["read_rows"] = reads.pop("read_table")
        reads["read_table"] = command_line.read_with_target
    make_parser = command_line.weighted_parser if script.weighted else None
    return Variant({**reads, **fits, "verify": verify, "predict": predict}, make_parser)
