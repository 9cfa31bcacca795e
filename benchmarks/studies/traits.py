"""The traits of a hold-out, by which operators are offered where a study builds pipelines."""

import numpy as np

from automl.pipelines import Columns, Traits
from benchmarks.tasks.split import Split


def traits_of(split: Split, columns: Columns) -> Traits:
    """Return the traits of the rows to fit on.

    Parameters
    ----------
    split : Split
    columns : Columns
        The kinds of its columns.
    """
    kind = split.task.kind
    return Traits(
        task=kind.word,
        n_rows=len(split.train_X),
        n_columns=len(columns.names),
        has_categories=columns.has_categories,
        least_target=-np.inf if kind.is_classification else float(split.train_y.min()),
    )
