"""What a pipeline is: operators, grammar, genomes, building and export.

Search space
    `Real`, `Integer`, `Choice`: the values a hyperparameter may take.
    `Operator`, `Catalogue`: the estimators a pipeline may be made of.
    `Numeric`, `Categorical`, `Date`, `Gappy`, `Matrix`, `Scaled`, `Spread`, `Prediction`: what
    flows between them.
    `load_catalogue`: the operators that ship with the project.

Data
    `Columns`, `read_columns`: the kinds of a dataframe's columns.

Pipelines
    `Genome`: a whole pipeline as a value with one canonical text.
    `Grammar`: the typed primitive set from which genomes grow.
    `build_pipeline`: genome to scikit-learn estimator.
    `export_script`: genome to Python source.
    `starting_pipelines`: the pipelines that every search starts from.
"""

if __name__ != "automl.pipelines":
    raise ImportError(
        f"this folder is the package `automl.pipelines`, but it was imported as {__name__!r}; "
        "install the project with `pip install -e .` and write `import automl.pipelines`"
    )

from automl.pipelines.build import build_pipeline
from automl.pipelines.catalogue import load_catalogue
from automl.pipelines.columns import Columns, read_columns
from automl.pipelines.domains import Choice, Integer, Real
from automl.pipelines.export import Script, export_script
from automl.pipelines.genome import Genome
from automl.pipelines.grammar import Grammar
from automl.pipelines.operator import (
    Catalogue,
    Categorical,
    Date,
    Gappy,
    Matrix,
    Numeric,
    Operator,
    Prediction,
    Scaled,
    Spread,
)
from automl.pipelines.portfolio import starting_pipelines

__all__ = [
    "Catalogue",
    "Categorical",
    "Choice",
    "Columns",
    "Date",
    "Gappy",
    "Genome",
    "Grammar",
    "Integer",
    "Matrix",
    "Numeric",
    "Operator",
    "Prediction",
    "Real",
    "Scaled",
    "Script",
    "Spread",
    "build_pipeline",
    "export_script",
    "load_catalogue",
    "read_columns",
    "starting_pipelines",
]
