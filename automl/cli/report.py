"""``automl report``: a report on the run in a history file."""

import argparse
from contextlib import suppress
from pathlib import Path
from typing import Any

from automl.classifier import AutoMLClassifier
from automl.cli.outputs import check_outputs
from automl.cli.table import add_read_options, say
from automl.cli.training import TrainingData, add_training_options, read_training
from automl.errors import BudgetError, DataError, HistoryError, SettingsError, warn
from automl.estimators import ESTIMATORS
from automl.files import check_writable, write_whole
from automl.page.history_facts import history_facts, run_note
from automl.page.write import writer_of
from automl.pipelines import load_catalogue
from automl.pipelines.catalogue.presets import PRESETS
from automl.problem.pose import resolve_catalogue
from automl.regressor import AutoMLRegressor
from automl.search.evaluated import Evaluated
from automl.search.observer import Observer, RunningSearch
from automl.search.stored_run import StoredRun, open_to_read, read_run
from automl.temporary import explained, temporary_folder
from automl.winner.run_note import ROLES, RunNote

Estimator = AutoMLClassifier | AutoMLRegressor
FITTING = (
    "what predicts is chosen and fitted once more, and explained for a minute at most; where the "
    "run was cut short, the choice may be another one than that of the run"
)

SUMMARY = "write a report on the run in a history file"

DESCRIPTION = """\
Write a report on the run in a file that 'automl fit --history' has kept, or
is keeping: its course, its best pipelines and its failures.

With the training file, the pipelines that predict are chosen and fitted once
more, without a new search. The report then also has the script, views of
held-out rows, and importance and dependence of the columns, which take a
minute at most. The columns are those of the run, unless options name others.
The history stays as it is."""

EXAMPLES = """\
examples:
  automl report run.db --out report.html
  automl report run.db train.csv --out report.html"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``automl report``."""
    parser.add_argument(
        "history", metavar="HISTORY", help="file that 'automl fit --history' has kept"
    )
    parser.add_argument(
        "train", metavar="TRAIN", nargs="?", help="file that the run learnt from (default: none)"
    )
    parser.add_argument(
        "--out",
        required=True,
        metavar="FILE",
        help="file for the report: a page (.html), Markdown (.md) or JSON (.json) (required)",
    )
    parser.add_argument(
        "--catalogue",
        metavar="NAME",
        help="catalogue of the run, if it was a file (default: the preset that the run names)",
    )
    add_training_options(parser, has_run=True)
    add_read_options(parser)
    parser.add_argument(
        "--quiet",
        action="store_true",
        help="print nothing but warnings and errors (default: print notes, too)",
    )


def run(options: argparse.Namespace) -> None:
    """Write the report.

    Raises
    ------
    AutoMLError
        If the history or the training file cannot be read, or the report cannot be written.
    """
    inputs = {
        "HISTORY": options.history,
        "TRAIN": options.train,
        "--catalogue": options.catalogue,
    }
    check_outputs(inputs, {"--out": options.out})
    writer = writer_of(options.out)
    check_writable(options.out)
    stored = read_run(options.history)
    if options.train is None:
        text = writer(history_facts(stored, ESTIMATORS))
        write_whole(options.out, text.encode())
    else:
        say([FITTING], is_quiet=options.quiet)
        search, data = _fitted(options, stored)
        search.report(options.out, data.frame, data.target)
    say([f"report: {options.out}"], is_quiet=options.quiet)


def _fitted(options: argparse.Namespace, stored: StoredRun) -> tuple[Estimator, TrainingData]:
    """Return the estimator of a run, fitted on its training file without a new search."""
    note = run_note(stored)
    _fill(options, note)
    data = read_training(options)
    n_pipelines = len(stored.evaluated(note.n_folds, note.folds_per_repeat))
    if n_pipelines == 0:
        raise HistoryError(f"no pipeline of {stored.path.name} has ended yet; wait for the first")
    class_ = ESTIMATORS[note.task]
    parameters, omitted = note.parameters.restore(class_().get_params(deep=False), load_catalogue())
    omitted.pop("callbacks", None)
    if omitted:
        warn(
            f"{stored.path.name} does not hold {', '.join(omitted)}; the report is made with the "
            "defaults, which may be refused as another run"
        )
    with explained(), temporary_folder() as folder:
        copy = Path(folder) / "run.db"
        source = open_to_read(stored.path)
        try:
            source.copy(copy)
        finally:
            source.close()
        changed = {
            "history": copy,
            "callbacks": [_Replay(n_pipelines)],
            "catalogue": _catalogue(options, parameters["catalogue"]),
            "verbose": 0,
        }
        search: Estimator = class_(**parameters | changed)
        search._fit(data.arguments(options.time), resume=True)
    search._keep_form(data.form)
    search.set_params(history=None, callbacks=())
    search._forget_stop()  # it was that of the replay
    _explain(search, data.arguments(options.time))
    return search, data


def _explain(search: Estimator, data: tuple[Any, ...]) -> None:
    """Let the report have importance and dependence; without time for them, it says so."""
    X, y, *roles = data
    # The command line says each warning once, so that those of the data are not said again.
    with suppress(BudgetError):
        search.explain(X, y, **dict(zip(ROLES, roles, strict=True)))


def _fill(options: argparse.Namespace, note: RunNote) -> None:
    """Take what the options leave open from the run."""
    targets = [note.names.target] if isinstance(note.names.target, str) else note.names.target
    options.target = options.target or targets
    options.task = options.task or note.task
    if options.task != note.task:
        raise DataError(f"expected --task {note.task}, as in the run, got {options.task}")
    options.kind = options.kind or [f"{name}={kind}" for name, kind in note.kinds.items()]
    options.weights = options.weights or note.roles.get("sample_weight")
    options.groups = options.groups or note.roles.get("groups")
    options.time = options.time or note.roles.get("time")


def _catalogue(options: argparse.Namespace, stored: object) -> object:
    """Return the catalogue of the run; a file that a history names is not read.

    Such a file may import any module, and the history may come from a stranger.
    """
    if options.catalogue is not None:
        return resolve_catalogue(options.catalogue)
    if isinstance(stored, str) and stored not in PRESETS:
        raise SettingsError(
            f"the run had operators from {stored!r}; if the file is yours, give it with --catalogue"
        )
    return stored


class _Replay(Observer):
    """Ends the search as soon as the pipelines of a history are told once more."""

    def __init__(self, n_pipelines: int) -> None:
        self._n_left = n_pipelines

    def on_evaluated(self, search: RunningSearch, evaluated: Evaluated) -> None:
        """Count a pipeline."""
        self._n_left -= 1
        if self._n_left <= 0:
            search.stop()
