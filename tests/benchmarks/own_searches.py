"""The adapter of this project with a number of pipelines instead of seconds, for busy machines."""

from benchmarks.adapters.ours import AutoML, AutoMLSingle

FEW = {"time_budget": None, "max_evaluations": 3, "cv": 3}


class FewPipelines(AutoML):
    """An ensemble of a few pipelines."""

    options = {**AutoML.options, **FEW}  # noqa: RUF012 an adapter only reads it


class FewPipelinesSingle(AutoMLSingle):
    """The best of a few pipelines."""

    options = {**AutoMLSingle.options, **FEW}  # noqa: RUF012 an adapter only reads it
