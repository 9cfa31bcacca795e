"""The report of a journal of methods: a pure function of its rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from benchmarks.errors import JournalError
from benchmarks.scores.plots import Curves
from benchmarks.scores.report import NONE, markdown_table
from benchmarks.scores.standings import rank_gains
from benchmarks.studies.methods.rows import MethodRow

SHARES = (0.1, 0.25, 0.5, 1.0)  # of the time, at which tables look
CURVE_POINTS = 40  # of a curve, from nothing to all of the time
WORST = float("-inf")
TITLES = {
    "settings": "Settings of one pipeline",
    "pipelines": "Whole pipelines",
}
NOTES = {
    "settings": (
        "A support vector machine with RBF kernel over imputed, scaled numbers and one-hot "
        "categories; C, the kernel's gamma, and class weight (classes) or epsilon (numbers) are "
        "tuned on 3 inner folds, in one process and one thread. All methods have the same "
        "estimator, ranges, folds and scorer. Ours try the defaults first, which the others do "
        "not know. Those of scikit-learn have no time limit: they run in growing chunks (grids "
        "of 3, 4, 5... values; 10, 20, 40... draws; rounds of 27 candidates), and what they "
        "evaluated in time counts. Our grid has up to 21 values of each setting (250 points, or "
        "three values each) and then ends. The fit "
        "of the winner on all training rows comes after the seconds."
    ),
    "pipelines": (
        "This project's estimators with every strategy; the seconds are those of the whole fit, "
        "the winner's final fit among them, with two worker processes."
    ),
}


@dataclass(frozen=True)
class Group:
    """The rows of a level and of a number of seconds."""

    level: str
    """What was searched."""
    seconds: float
    """What was given."""
    rows: list[MethodRow]
    """The measurements."""

    @property
    def methods(self) -> list[str]:
        """Who competes, in the order of the journal."""
        return list(dict.fromkeys(row.key.method for row in self.rows))

    @property
    def tasks(self) -> list[str]:
        """The tasks, in the order of the journal."""
        return list(dict.fromkeys(row.key.task for row in self.rows))

    def runs(self) -> list[dict[str, MethodRow]]:
        """Return the rows of every task and seed by method, where no method is missing."""
        found: dict[tuple[str, int], dict[str, MethodRow]] = {}
        for row in self.rows:
            found.setdefault((row.key.task, row.key.seed), {})[row.key.method] = row
        return [run for run in found.values() if len(run) == len(self.methods)]

    def of(self, task: str, method: str) -> list[MethodRow]:
        """Return the rows of a task and a method."""
        return [row for row in self.rows if (row.key.task, row.key.method) == (task, method)]

    def mean_scores(self) -> dict[str, dict[str, float]]:
        """Return held-out scores by task and method, means over seeds; a failure is worst."""
        return {
            task: {
                method: fmean(row.found.score if row.found else WORST for row in rows)
                for method in self.methods
                if (rows := self.of(task, method))
            }
            for task in self.tasks
        }

    def ranks(self) -> list[dict[str, float]]:
        """Return the ranks of every task that all methods have done on the same seeds."""
        seeds = {
            task: [{row.key.seed for row in self.of(task, method)} for method in self.methods]
            for task in self.tasks
        }
        return [
            rank_gains(scores)
            for task, scores in self.mean_scores().items()
            if all(of == seeds[task][0] for of in seeds[task])
        ]

    def normalized(self, share: float) -> dict[str, float]:
        """Return what the methods had found after a share of the time: 0 the last, 1 the first."""
        runs = self.runs()
        if not runs or len(self.methods) < 2:
            return {}
        ranked = [
            rank_gains({method: best_after(row, share) for method, row in run.items()})
            for run in runs
        ]
        last = len(self.methods) - 1
        return {
            method: fmean(1 - (ranks[method] - 1) / last for ranks in ranked)
            for method in self.methods
        }


def best_after(row: MethodRow, share: float) -> float:
    """Return the best inner score that a method had after a share of its time.

    Parameters
    ----------
    row : MethodRow
    share : float
        Of the seconds; what ended late counts with all of them.
    """
    trace = row.found.trace if row.found else []
    seconds = share * row.key.seconds
    return max((value for at, value in trace if at <= seconds or share >= 1.0), default=WORST)


def groups(rows: Sequence[MethodRow]) -> list[Group]:
    """Return the rows by level and seconds.

    Raises
    ------
    JournalError
        If a task does not always have the same data for a seed.
    """
    digests: dict[tuple[str, int], str] = {}
    found: dict[tuple[str, float], list[MethodRow]] = {}
    for row in rows:
        if digests.setdefault((row.key.task, row.key.seed), row.digest) != row.digest:
            raise JournalError(
                f"expected the same data in all rows of {row.key.task}, seed {row.key.seed}; "
                "take the rows of one of them out of the journal and measure again"
            )
        found.setdefault((row.key.level, row.key.seconds), []).append(row)
    return [Group(level, seconds, of) for (level, seconds), of in found.items()]


def methods_report(rows: Sequence[MethodRow], plot: str = "") -> str:
    """Return the report in Markdown.

    Parameters
    ----------
    rows : sequence of MethodRow
    plot : str
        Where the page finds the plot of the curves.
    """
    if not rows:
        return "The journal is empty.\n"
    parts = ["# Methods at equal time", _origin(rows), _explanation()]
    if plot:
        parts.append(f"![What methods had found, by time]({plot})")
    for group in groups(rows):
        parts += _group_parts(group)
    return "\n\n".join(part for part in parts if part) + "\n"


def methods_curves(rows: Sequence[MethodRow]) -> dict[str, Curves]:
    """Return the anytime curves of every group that can be ranked, by its title."""
    shares = [number / CURVE_POINTS for number in range(1, CURVE_POINTS + 1)]
    found: dict[str, Curves] = {}
    for group in groups(rows):
        at = [(share, group.normalized(share)) for share in shares]
        if at[0][1]:
            found[_title(group)] = {
                method: [(share, values[method]) for share, values in at]
                for method in group.methods
            }
    return found


def _title(group: Group) -> str:
    return f"{TITLES[group.level]}, {group.seconds:g} s"


def _origin(rows: Sequence[MethodRow]) -> str:
    origins = [row.provenance for row in rows]
    named = [f"{name} {value}" for origin in origins for name, value in origin.versions.items()]
    machines = [f"{origin.machine['cpu']}, {origin.machine['cores']} cores" for origin in origins]
    commits = [origin.commit for origin in origins]
    lines = [
        f"{len(rows)} measurements with {', '.join(dict.fromkeys(named))}",
        f"commit {', '.join(dict.fromkeys(commits))}",
        f"machine {', '.join(dict.fromkeys(machines))}",
        f"seeds, each with a hold-out of 33 % of its own: {len({row.key.seed for row in rows})}",
    ]
    return "\n".join(f"- {line}" for line in lines)


def _explanation() -> str:
    return (
        "Scores are of held-out rows, means over seeds; greater is better everywhere, so that log "
        "loss and RMSE have a minus sign. Ranks are means over tasks, 1 the best. The columns of "
        "times are ranks of the best inner score that a method had by then, 1 for the first and 0 "
        "for the last of all methods, means over tasks and seeds; who has none yet is the last."
    )


def _group_parts(group: Group) -> list[str]:
    return [
        f"## {_title(group)}",
        NOTES[group.level],
        _summary(group),
        "### Scores",
        _scores(group),
        _failures(group),
    ]


def _summary(group: Group) -> str:
    ranks = group.ranks()
    at = {share: group.normalized(share) for share in SHARES}
    header = ["method", "mean rank", *(f"at {share:.0%}" for share in SHARES)]
    header += ["evaluations", "fits", "seconds", "failures"]
    body = []
    for method in group.methods:
        rows = [row for row in group.rows if row.key.method == method]
        found = [row.found for row in rows if row.found]
        body.append(
            [
                method,
                f"{fmean(one[method] for one in ranks):.2f}" if ranks else NONE,
                *(f"{at[share][method]:.2f}" if at[share] else NONE for share in SHARES),
                f"{fmean(one.evaluations for one in found):.0f}" if found else NONE,
                f"{fmean(one.fits for one in found):.0f}" if found else NONE,
                f"{fmean(one.seconds for one in found):.1f}" if found else NONE,
                f"{len(rows) - len(found)}/{len(rows)}",
            ]
        )
    note = f"Over {len(ranks)} tasks; evaluations, fits and seconds are means."
    return f"{note}\n\n{markdown_table(header, body)}"


def _scores(group: Group) -> str:
    metrics = {row.key.task: row.metric for row in group.rows}
    body = []
    for task, scores in group.mean_scores().items():
        best = max(scores.values())
        body.append([task, metrics[task], *(_score(scores, m, best) for m in group.methods)])
    return markdown_table(["task", "metric", *group.methods], body)


def _score(scores: dict[str, float], method: str, best: float) -> str:
    score = scores.get(method, WORST)
    if score == WORST:
        return NONE if method not in scores else "failed"
    text = f"{score:.4f}" if abs(score) < 10 else f"{score:.2f}"
    return f"**{text}**" if score == best else text


def _failures(group: Group) -> str:
    lines = [
        f"- {row.key.task}, seed {row.key.seed}, {row.key.method}: {' '.join(row.failure.split())}"
        for row in group.rows
        if row.found is None
    ]
    return "\n".join(["### Failures", "", *lines]) if lines else ""
