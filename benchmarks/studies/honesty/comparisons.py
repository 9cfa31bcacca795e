"""What else could have been handed over, beside what was: parts of the report of the study."""

from collections.abc import Sequence
from statistics import fmean

from benchmarks.scores.markdown import markdown_table
from benchmarks.studies.honesty.calibration import Calibration, count_signs, spread
from benchmarks.studies.honesty.choices import SHIPPED
from benchmarks.studies.honesty.promise import HonestyRow
from benchmarks.studies.parts.variants import PARTS

SIGNS = "better–same–worse"
Lead = tuple[str, float]
"""What is compared, and by how many standard errors it is better on the test part."""


def bound_parts(overall: Calibration) -> list[str]:
    """Return how often the best pipeline is above lower bounds for its score.

    Parameters
    ----------
    overall : Calibration
    """
    runs = [
        (run, run.alternatives.simultaneous_low)
        for run in overall.promises
        if run.alternatives is not None and run.error
    ]
    if not runs:
        return []
    above = sum(run.single_test >= low for run, low in runs)
    own = sum(run.test >= run.low for run, _ in runs)
    distance = fmean((run.single_test - low) / run.error for run, low in runs)
    own_distance = fmean((run.test - run.low) / run.error for run, _ in runs)
    return [
        "### Lower bounds",
        f"The best pipeline by itself is above a bound that holds for all pipelines at once (maxT, "
        f"one-sided 95 %) in **{above} of {len(runs)}** runs; its test score is {distance:.2f} "
        "standard errors above that bound on average. What predicts is above the lower end of its "
        f"own interval (97.5 %) in **{own}**, by {own_distance:.2f} on average.",
    ]


def choice_parts(overall: Calibration) -> list[str]:
    """Return how other ways to choose, and to fit, compare with the usual ones.

    Parameters
    ----------
    overall : Calibration
    """
    runs = [
        (run.alternatives, run.error)
        for run in overall.promises
        if run.alternatives is not None and run.error
    ]
    if not runs:
        return []
    ways = [
        (way, (score - alternatives.ways[SHIPPED]) / error)
        for alternatives, error in runs
        for way, score in alternatives.ways.items()
        if way != SHIPPED
    ]
    members = [
        (family, (bagged - single) / error)
        for alternatives, error in runs
        for family, single, bagged in alternatives.bagged
    ]
    return [
        "### Other ways to choose",
        f"From the same pipelines of the same search, beside the {SHIPPED} that greedy selection "
        "makes out of the best 25. Leads are on the test part, in standard errors of the honest "
        "score.",
        markdown_table(["way", "runs", "lead", SIGNS], _lead_rows(ways)),
        "Members that are fitted on four of five folds each, in turn, and averaged, beside a "
        "single fit on all rows:",
        markdown_table(["family", "members", "lead", SIGNS], _lead_rows(sorted(members))),
    ]


def part_parts(rows: Sequence[HonestyRow]) -> list[str]:
    """Return how searches without a part compare with whole searches on the same rows.

    Parameters
    ----------
    rows : sequence of HonestyRow
        Of one number of rows and of pipelines.
    """
    references = {
        (row.key.task, row.key.seed): row.result
        for row in rows
        if row.result is not None and not row.key.part
    }
    leads: list[Lead] = []
    for row in rows:
        promise = references.get((row.key.task, row.key.seed))
        if row.key.part and row.result is not None and promise is not None and promise.error:
            lead = (row.result.test - promise.test) / promise.error
            leads.append((PARTS[row.key.part], lead))
    if not leads:
        return []
    return [
        "### Searches without a part",
        "As many pipelines on the same rows. Leads over the whole search are on the test part, in "
        "standard errors of its honest score.",
        markdown_table(["without", "runs", "lead", SIGNS], _lead_rows(leads)),
    ]


def _lead_rows(leads: Sequence[Lead]) -> list[list[str]]:
    """Return a row of a table for each name, in the order of first mention."""
    by_name: dict[str, list[float]] = {}
    for name, lead in leads:
        by_name.setdefault(name, []).append(lead)
    return [
        [name, str(len(gains)), spread(gains), "–".join(map(str, count_signs(gains)))]
        for name, gains in by_name.items()
    ]
