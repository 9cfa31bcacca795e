"""Pipelines: operators, grammar, genomes, building and export.

Search space
    `Real`, `Integer`, `Choice`: the values a hyperparameter may take.
    `Operator`, `Catalogue`: the estimators a pipeline may be made of.
    `Numeric`, `Ordered`, `Categorical`, `HighCardinality`, `Date`, `Duration`, `Text`, `Table`,
    `Gappy`, `Complete`, `Matrix`, `Wide`, `Counts`, `Scaled`, `Spread`, `Prediction`, `Output`:
    the types of the data between them.
    `Traits`: the properties of the data by which operators are offered.
    `load_catalogue`: the operators that ship with the project.

Data
    `Columns`, `read_columns`: a dataframe's columns by kind.

Pipelines
    `Genome`: a whole pipeline as a value with one canonical text.
    `Grammar`, `Skeleton`: the typed primitive sets from which genomes grow, whole pipelines or the
    settings of one.
    `build_pipeline`: genome to scikit-learn estimator.
    `BuildOptions`: the settings that all estimators of a problem share.
    `Rescaling`: how probabilities are changed. `Bagging`: how a pipeline is fitted on folds.
    `export_script`: genome to Python source, from a `Script` with its `Member`s.
    `starting_pipelines`: the pipelines that every search starts from.
    `starting_pipeline`: the pipeline of a `Start`, a model with settings other than its defaults.
"""

if __name__ != "automl.pipelines":
    raise ImportError(
        f"this folder is the package `automl.pipelines`, but it was imported as {__name__!r}; "
        "install the project with `pip install -e .` and write `import automl.pipelines`"
    )

from automl.pipelines.building.bagging import Bagging
from automl.pipelines.building.build import build_pipeline
from automl.pipelines.building.ensemble import Member
from automl.pipelines.building.export import export_script
from automl.pipelines.building.options import BuildOptions
from automl.pipelines.building.rescaling import Rescaling
from automl.pipelines.building.script import Script
from automl.pipelines.catalogue import load_catalogue
from automl.pipelines.columns.columns import Columns
from automl.pipelines.columns.kinds import read_columns
from automl.pipelines.operators.catalogue import Catalogue
from automl.pipelines.operators.domains import Choice, Integer, Real
from automl.pipelines.operators.flow_types import (
    Categorical,
    Complete,
    Counts,
    Date,
    Duration,
    Gappy,
    HighCardinality,
    Matrix,
    Numeric,
    Ordered,
    Output,
    Prediction,
    Scaled,
    Spread,
    Table,
    Text,
    Wide,
)
from automl.pipelines.operators.operator import Operator, Traits
from automl.pipelines.spaces.genome import Genome
from automl.pipelines.spaces.grammar import Grammar
from automl.pipelines.spaces.portfolio import Start, starting_pipeline, starting_pipelines
from automl.pipelines.spaces.skeleton import Skeleton

__all__ = [
    "Bagging",
    "BuildOptions",
    "Catalogue",
    "Categorical",
    "Choice",
    "Columns",
    "Complete",
    "Counts",
    "Date",
    "Duration",
    "Gappy",
    "Genome",
    "Grammar",
    "HighCardinality",
    "Integer",
    "Matrix",
    "Member",
    "Numeric",
    "Operator",
    "Ordered",
    "Output",
    "Prediction",
    "Real",
    "Rescaling",
    "Scaled",
    "Script",
    "Skeleton",
    "Spread",
    "Start",
    "Table",
    "Text",
    "Traits",
    "Wide",
    "build_pipeline",
    "export_script",
    "load_catalogue",
    "read_columns",
    "starting_pipeline",
    "starting_pipelines",
]
