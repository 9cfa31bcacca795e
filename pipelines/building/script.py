"""All that a script needs to know of the pipeline that it fits."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from automl.pipelines.building.bagging import Bagging
from automl.pipelines.building.ensemble import Member
from automl.pipelines.building.options import BuildOptions
from automl.pipelines.building.read_options import ReadOptions
from automl.pipelines.building.rescaling import Rescaling
from automl.pipelines.columns.columns import Columns
from automl.pipelines.operators.catalogue import Catalogue
from automl.pipelines.operators.operator import Task

SIGNIFICANT_DIGITS = 9  # of predictions to compare with, of which 6 digits have to agree


@dataclass(frozen=True, kw_only=True)
class Script:
    """All that a script needs to know of the pipeline that it fits."""

    members: Sequence[Member]
    """The pipeline, or those of an ensemble with their weights."""
    catalogue: Catalogue
    """The operators of the pipelines."""
    columns: Columns
    """The columns that the pipelines read."""
    task: Task
    """Whether they predict classes or numbers."""
    target: str | Sequence[str]
    """The name of the target column, or the names of several."""
    options: BuildOptions
    """The seed and what else the pipelines are built with."""
    rescaling: Rescaling | None = None
    """The change of the probabilities."""
    threshold: float | None = None
    """The probability from which a row is of the second class; a half if there is none."""
    bagging: Bagging | None = None
    """The folds that the pipelines are fitted on."""
    classes: Sequence[Any] | None = None
    """The labels of a classification, or a list of those of each target."""
    weighted: bool = False
    """Whether the pipeline was fitted with sample weights."""
    n_rows: int = 0
    """The number of rows of the fit."""
    n_learnt: int | None = None
    """Those that the pipelines learn from, drawn by the seed; None for all."""
    check_rows: Sequence[int] = ()
    """The positions of a few training rows, whose predictions a script is verified by."""
    check_values: Sequence[Sequence[float]] = ()
    """The predictions for these rows: probabilities of all classes, or a number for each target or
    quantile."""
    form: ReadOptions = field(default_factory=ReadOptions)
    """The form of the file of the fit."""
    notes: Sequence[str] = ()
    """Sentences on the score, for the head of the script."""

    @property
    def targets(self) -> list[str]:
        """The names of the target columns."""
        return [self.target] if isinstance(self.target, str) else list(self.target)

    @property
    def labels(self) -> list[Any]:
        """The labels of all targets."""
        parts = [part if isinstance(part, list) else [part] for part in self.classes or ()]
        return [label for part in parts for label in part]

    @property
    def text_labels(self) -> list[str]:
        """The labels that are texts."""
        return [label for label in self.labels if isinstance(label, str)]

    @property
    def is_ensemble(self) -> bool:
        """Whether the predictions of several pipelines are averaged."""
        return len(self.members) > 1

    def checks(self) -> list[list[float]]:
        """Return the predictions to compare with, of two probabilities only the second."""
        is_single = isinstance(self.target, str)
        start = 1 if is_single and self.classes is not None and len(self.classes) == 2 else 0
        return [
            [float(f"{value:.{SIGNIFICANT_DIGITS}g}") for value in values[start:]]
            for values in self.check_values
        ]
