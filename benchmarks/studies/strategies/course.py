"""A strategy on a set, and the course of its search."""

from dataclasses import dataclass

from benchmarks.studies.study import StudyRow


@dataclass(frozen=True)
class CourseKey:
    """A strategy on rows of a set."""

    task: str
    """The name of the set."""
    seed: int
    """The seed of the strategy, and of the draw of its rows."""
    strategy: str
    """Its name."""
    rows: int
    """Rows to search on."""
    evaluations: int
    """Pipelines that were evaluated, the starts among them."""

    def __str__(self) -> str:
        return f"{self.task}, seed {self.seed}, {self.strategy}"


@dataclass(frozen=True)
class Course:
    """The scores of a search after so many evaluations; greater is better."""

    metric: str
    """The name of the score."""
    starts: int
    """The pipelines that every strategy starts from."""
    after: list[int]
    """Numbers of evaluations."""
    held_out: list[float]
    """The best mean over the folds."""
    test: list[float]
    """The test score of that pipeline: the mean of what its fits on the folds predict."""
    ensemble: list[float]
    """The test score of the greedy ensemble."""
    failures: int
    """Pipelines without a score."""
    fit_seconds: float
    """Seconds inside estimators, those of the starts not counted."""


CourseRow = StudyRow[CourseKey, Course]
