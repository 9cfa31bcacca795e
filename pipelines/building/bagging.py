"""Final fits on folds instead of a single fit on all rows, as a value."""

from dataclasses import dataclass

from automl.pipelines.building.build import PIPELINE
from automl.pipelines.operators.calls import Call
from automl.pipelines.operators.operator import Task

BAGGED: dict[Task, tuple[str, str]] = {
    "classification": (
        "automl.pipelines.carried.bagging.FoldBaggingClassifier",
        "sklearn.model_selection.StratifiedKFold",
    ),
    "regression": (
        "automl.pipelines.carried.bagging.FoldBaggingRegressor",
        "sklearn.model_selection.KFold",
    ),
}


@dataclass(frozen=True)
class Bagging:
    """How a final pipeline is fitted on folds, and its predictions averaged.

    Examples
    --------
    >>> steps = [("cells", Call("reader")), ("ridge", Call("sklearn.linear_model.Ridge"))]
    >>> bagged = Bagging("regression", folds=5, seed=0).within(Call(PIPELINE, {"steps": steps}))
    >>> [name for name, _ in bagged.settings["steps"]]
    ['cells', 'bagged']
    """

    task: Task
    """The task of the pipeline."""
    folds: int
    """The number of fits."""
    seed: int
    """The seed that the folds are drawn with."""

    def within(self, pipeline: Call) -> Call:
        """Return the call of a pipeline whose steps after the first are bagged.

        The first step reads the cells, which all folds share.
        """
        cells, *steps = pipeline.settings["steps"]
        path, splitter = BAGGED[self.task]
        folds = {"n_splits": self.folds, "shuffle": True, "random_state": self.seed}
        settings = {"pipeline": Call(PIPELINE, {"steps": steps}), "cv": Call(splitter, folds)}
        return Call(PIPELINE, {"steps": [cells, ("bagged", Call(path, settings))]})


def bagged(pipeline: Call, bagging: Bagging | None) -> Call:
    """Return the call of a final pipeline, bagged where bagging is set."""
    return pipeline if bagging is None else bagging.within(pipeline)
