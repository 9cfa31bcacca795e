"""The report of the study: a pure function of the rows of its journal."""

from collections.abc import Iterable, Sequence
from math import isfinite, sqrt
from statistics import fmean, stdev

from benchmarks.running.provenance import named_versions
from benchmarks.scores.report import NONE, markdown_table
from benchmarks.studies.honesty.calibration import Calibration, count_signs
from benchmarks.studies.honesty.rows import INTERVAL, HonestyRow, Promise

LARGEST_GAP = 0.25  # standard errors, the aim for the mean
COVERAGE = (0.92, 0.98)  # the aim
GAPS_HEADER = ["set", "metric", "runs", "estimate", "test", "estimate off", "naive off"]
GAPS_HEADER += ["growth", "within", "coverage", "test noise"]
SINGLE_HEADER = ["set", "metric", "members", "single", "ensemble", "gain", "better–same–worse"]
GAPS_NOTES = """\
- *estimate*, *test*: means over seeds of the honest estimate and of the score on the test part.
- *estimate off*: mean of (estimate – test) / standard error, ± the standard error of that mean; 0 \
is what to hope for, and above 0 the estimate promises too much. The standard error is that of the \
interval: from the estimate to the upper end / 1.96, or to the lower end where the upper end was \
cut at the best score there is.
- *naive off*: the same for the mean over the folds as the search saw it, not corrected.
- *growth*: the part of the estimate that is for more rows than the folds learnt from, in standard \
errors; without it, *estimate off* would be lower by so much.
- *within*: runs whose test score lies within the 95 % interval. *coverage*: their share, with the \
exact binomial 95 % interval of that share.
- *test noise*: the standard error of the test score itself, by the honest one, mean over seeds; \
the closer to 0, the closer is the test score to the truth. It widens gaps and costs coverage \
that the honest score is not to blame for."""
SCALE_HEADER = ["set", "runs", "rescaled", "log loss before", "after", "change"]
SINGLE_NOTES = """\
- *members*: pipelines that predict together, mean over seeds; 1 is the best one alone.
- *single*, *ensemble*: means over seeds of the test scores of the best pipeline by itself and of \
what predicts. *gain*: their difference in units of the metric, above 0 where the ensemble is \
better.
- *better–same–worse*: seeds on which the ensemble has the better test score, the same (it is the \
best pipeline alone), the worse."""


def honesty_report(rows: Sequence[HonestyRow]) -> str:
    """Return the report in Markdown.

    Parameters
    ----------
    rows : sequence of HonestyRow
    """
    if not rows:
        return "The journal is empty.\n"
    parts = ["# Whether the honest score can be believed", _origin(rows)]
    groups: dict[tuple[int, int, str], list[HonestyRow]] = {}
    for row in rows:
        key = row.key
        groups.setdefault((key.rows, key.evaluations, key.catalogue), []).append(row)
    for (n_rows, evaluations, catalogue), of in groups.items():
        parts.append(f"## {n_rows} rows, {evaluations} pipelines of the catalogue {catalogue!r}")
        parts += _group_parts(of)
    return "\n\n".join(part for part in parts if part) + "\n"


def _origin(rows: Sequence[HonestyRow]) -> str:
    origins = [row.provenance for row in rows]
    machines = [f"{one.machine['cpu']}, {one.machine['cores']} cores" for one in origins]
    lines = [
        f"{len(rows)} searches with {_unlike(named_versions(one.versions) for one in origins)}",
        f"commit {_unlike(one.commit for one in origins)}",
        f"machine {_unlike(machines)}; {_unlike(str(one.jobs) for one in origins)} used",
        "every seed has training rows of its own; test scores are of rows that no search saw; "
        "greater is better everywhere, so that losses have a minus sign",
    ]
    return "\n".join(f"- {line}" for line in lines)


def _unlike(texts: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(texts))


def _group_parts(rows: Sequence[HonestyRow]) -> list[str]:
    found: dict[str, list[Promise]] = {}
    for row in rows:
        if row.promise is not None:
            found.setdefault(row.key.task, []).append(row.promise)
    failures = [
        f"- {row.key.task}, seed {row.key.seed}: {' '.join(row.failure.split())}"
        for row in rows
        if row.promise is None
    ]
    failed = "\n".join(["### Failures", "", *failures]) if failures else ""
    if not found:
        return [failed]
    sets = {task: Calibration(promises) for task, promises in found.items()}
    overall = Calibration([one for promises in found.values() for one in promises])
    gaps = [_gap_row(task, one) for task, one in sets.items()]
    duels = [_single_row(task, one) for task, one in sets.items()]
    return [
        "### Promised and come true",
        _verdict(overall),
        markdown_table(GAPS_HEADER, [*gaps, _overall_row(overall)]),
        GAPS_NOTES,
        "### The ensemble and the single pipeline",
        _duel_verdict(sets, overall),
        markdown_table(SINGLE_HEADER, duels),
        SINGLE_NOTES,
        *_quality_parts(sets),
        failed,
    ]


def _quality_parts(sets: dict[str, Calibration]) -> list[str]:
    """Return what probabilities and intervals were worth on the test parts."""
    classified = [(task, one) for task, one in sets.items() if one.has_probabilities]
    measured = [(task, one.inside) for task, one in sets.items() if one.inside is not None]
    parts = []
    if classified:
        rescaled = [run for _, one in classified for run in one.rescaled]
        better, same, worse = count_signs(_log_loss_gain(run) for run in rescaled)
        parts = [
            "### Probabilities on another scale",
            f"Of {sum(len(one.promises) for _, one in classified)} runs, {len(rescaled)} rescaled "
            f"their probabilities; on the test part the log loss is lower for {better} of these, "
            f"the same for {same}, higher for {worse}.",
            markdown_table(SCALE_HEADER, [_scale_row(task, one) for task, one in classified]),
        ]
    if measured:
        rows = [[task, str(len(sets[task].promises)), f"{share:.1%}"] for task, share in measured]
        parts += [
            "### Intervals for targets",
            f"Targets of the test part that lie in intervals with {INTERVAL:.0%} coverage: "
            f"**{fmean(share for _, share in measured):.1%}**, the mean of {len(measured)} sets.",
            markdown_table(["set", "runs", "inside"], rows),
        ]
    return parts


def _log_loss_gain(run: Promise) -> float:
    return (run.plain_log_loss or 0.0) - (run.log_loss or 0.0)


def _scale_row(task: str, one: Calibration) -> list[str]:
    """Return how much the log loss of a set falls where probabilities are rescaled."""
    head = [task, str(len(one.promises)), str(len(one.rescaled))]
    if not one.rescaled:
        return [*head, NONE, NONE, NONE]
    plain, after = (
        fmean(getattr(run, name) for run in one.rescaled) for name in ("plain_log_loss", "log_loss")
    )
    return [*head, f"{plain:.4g}", f"{after:.4g}", f"{after / plain - 1:+.1%}"]


def _verdict(overall: Calibration) -> str:
    gap, naive = fmean(overall.estimate_gaps), fmean(overall.naive_gaps)
    share, low, high = overall.coverage
    least, most = COVERAGE
    return (
        f"Over {len(overall.promises)} runs the honest estimate promises **{gap:+.2f}** standard "
        f"errors more than comes true (aim: within ±{LARGEST_GAP:g}, "
        f"{_met(abs(gap) <= LARGEST_GAP)}), the naive score {naive:+.2f}. The 95 % interval has "
        f"the test score in **{share:.1%}** of them (95 % interval of that share {low:.1%} to "
        f"{high:.1%}; aim: {least:.0%} to {most:.0%}, {_met(least <= share <= most)}). A search "
        f"took {fmean(one.seconds for one in overall.promises):.0f} s on average."
    )


def _met(is_so: bool) -> str:
    return "met" if is_so else "not met"


def _duel_verdict(sets: dict[str, Calibration], overall: Calibration) -> str:
    by_set, by_run = count_signs(one.gain for one in sets.values()), overall.duels
    return (
        f"By the mean over seeds, what predicts is better than the best pipeline by itself on "
        f"**{by_set[0]} of {len(sets)} sets** (the same on {by_set[1]}, worse on {by_set[2]}); by "
        f"run, {by_run[0]} of {len(overall.promises)} times (the same {by_run[1]}, worse "
        f"{by_run[2]} times)."
    )


def _gap_row(task: str, one: Calibration) -> list[str]:
    estimate, test = ([getattr(run, name) for run in one.promises] for name in ("estimate", "test"))
    scores = [f"{fmean(estimate):.4g}", f"{fmean(test):.4g}"]
    return [task, one.promises[0].metric, str(len(one.promises)), *scores, *_gap_cells(one)]


def _overall_row(one: Calibration) -> list[str]:
    return ["**overall**", NONE, str(len(one.promises)), NONE, NONE, *_gap_cells(one)]


def _gap_cells(one: Calibration) -> list[str]:
    share, low, high = one.coverage
    return [
        _spread(one.estimate_gaps),
        _spread(one.naive_gaps),
        f"{one.growth:+.2f}",
        str(one.covered),
        f"{share:.0%} [{low:.0%}, {high:.0%}]",
        NONE if one.noise is None else f"{one.noise:.2f}",
    ]


def _spread(gaps: Sequence[float]) -> str:
    """Return a mean with its standard error, which takes two values or more."""
    if len(gaps) < 2 or not all(map(isfinite, gaps)):
        return f"{fmean(gaps):+.2f}"
    return f"{fmean(gaps):+.2f} ± {stdev(gaps) / sqrt(len(gaps)):.2f}"


def _single_row(task: str, one: Calibration) -> list[str]:
    return [
        task,
        one.promises[0].metric,
        f"{fmean(run.members for run in one.promises):.1f}",
        f"{fmean(run.single_test for run in one.promises):.5g}",
        f"{fmean(run.test for run in one.promises):.5g}",
        f"{one.gain:+.3g}",
        "–".join(map(str, one.duels)),
    ]
