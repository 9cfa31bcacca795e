"""The command line: run the search on TabArena's sets and print the table with its leaderboard."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tabarena.benchmark.experiment import TabArenaV0pt1ExperimentBundle
from tabarena.contexts import TabArenaContext
from tabarena.utils.config_utils import SystemConfigGenerator

from benchmarks.options import count, names
from benchmarks.tabarena.system import AutoMLSystem

# Of TabArena v0.1, which gives every configuration of a model as much.
SECONDS = 3600
CORES = 8


def read_options(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line; None is that of the process."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.tabarena.run", description=__doc__)
    parser.add_argument(
        "--python", required=True, help="the Python of the environment with this project"
    )
    parser.add_argument(
        "--splits",
        choices=("lite", "all"),
        default="lite",
        help="lite (default): the first split of each set; all: every split of v0.1",
    )
    parser.add_argument("--sets", type=names, help="names with commas between them (default: all)")
    parser.add_argument("--seconds", type=count, default=SECONDS, help="of a fit (default: 3600)")
    parser.add_argument("--cores", type=count, default=CORES, help="of a fit (default: 8)")
    parser.add_argument(
        "--output",
        type=Path,
        required=True,
        help="the folder of results; splits that are there are not run again",
    )
    return parser.parse_args(arguments)


def make_experiments(options: argparse.Namespace) -> list[Any]:
    """Return what TabArena runs: one system of one configuration."""
    generator = SystemConfigGenerator(
        model_cls=AutoMLSystem,
        # TabArena finds results of earlier runs by this name, so the costs are a part of it.
        name=f"AutoMLGP_{options.seconds}s_{options.cores}c",
        manual_configs=[{"python": options.python}],
    )
    bundle = TabArenaV0pt1ExperimentBundle(models=[(generator, 0)], system_experiments=True)
    experiments: list[Any] = bundle.build_experiments(
        time_limit=options.seconds, num_cpus=options.cores, num_gpus=0
    )
    return experiments


def main(arguments: Sequence[str] | None = None) -> None:
    """Run, compare and print.

    Parameters
    ----------
    arguments : sequence of str or None
        None is the command line of the process.
    """
    options = read_options(arguments)
    context = TabArenaContext()
    subset = {
        "subset": "lite" if options.splits == "lite" else None,
        "dataset_names": options.sets,
    }
    jobs = context.build_jobs(make_experiments(options), task_subset=subset)
    # A long run is not to end at its first failure.
    results = context.run_jobs(
        jobs, expname=str(options.output / "runs"), register=False, raise_on_failure=False
    )
    print(f"{len(results)} of {len(jobs)} splits have results; the table is of these alone.")
    if not results:
        sys.exit("no split has a result: the log above says why")
    context.register(results)
    leaderboard = context.compare(output_dir=options.output / "evaluation")
    table = context.leaderboard_to_website_format(leaderboard=leaderboard)
    table.to_csv(options.output / "leaderboard.csv", index=False)
    print(table.to_string(index=False))


if __name__ == "__main__":
    main()
