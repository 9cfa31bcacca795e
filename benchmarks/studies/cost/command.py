"""`python -m benchmarks speed`."""

import argparse
import sys

from benchmarks.options import count, names
from benchmarks.running.provenance import read_provenance, usable_cores
from benchmarks.studies.cost.measure import Measure, Reading, Scale
from benchmarks.studies.cost.registry import MEASURES, find_measures
from benchmarks.studies.cost.repeats import repeat
from benchmarks.studies.cost.report import show_number, speed_report

SCALE = Scale()
REPEATS = 5


def add_command(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes and does."""
    add = parser.add_argument
    add("--only", type=names, help=f"only these measures, out of {','.join(MEASURES)}")
    add("--repeats", type=count, default=REPEATS, help="of every measure (%(default)s)")
    parser.set_defaults(run=show_speed)


def show_speed(args: argparse.Namespace) -> None:
    """Measure what the engine costs and print it."""
    measures = find_measures(args.only)
    origin = read_provenance(usable_cores())
    found = repeat(measures, args.repeats, SCALE, on_readings=show_readings)
    print(speed_report(found, origin), end="")


def show_readings(measure: Measure, readings: list[Reading]) -> None:
    """Print one line about a repeat."""
    said = "; ".join(f"{one.what} {show_number(one.value)} {one.unit}" for one in readings)
    print(f"{measure.name}: {said}", file=sys.stderr)
