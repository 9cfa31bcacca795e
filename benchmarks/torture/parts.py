"""All parts, in the order in which they are tried: the quick ones first."""

from benchmarks.torture.clusters import CLUSTERS
from benchmarks.torture.disks import DISKS
from benchmarks.torture.frames import FRAMES
from benchmarks.torture.histories import HISTORIES
from benchmarks.torture.interrupts import INTERRUPTS
from benchmarks.torture.kills import KILLS
from benchmarks.torture.memory import MEMORY
from benchmarks.torture.model_files import MODEL_FILES
from benchmarks.torture.monsters import FINAL_FITS, MONSTERS
from benchmarks.torture.names import NAMES_PART
from benchmarks.torture.overrun import OVERRUN
from benchmarks.torture.part import Part
from benchmarks.torture.places import PLACES_PART
from benchmarks.torture.stalling import STALLING
from benchmarks.torture.toml_files import TOML_FILES
from benchmarks.torture.trees import TREES

PARTS: dict[str, Part] = {
    part.name: part
    for part in (
        KILLS,
        MONSTERS,
        FINAL_FITS,
        PLACES_PART,
        DISKS,
        MEMORY,
        STALLING,
        HISTORIES,
        MODEL_FILES,
        TOML_FILES,
        NAMES_PART,
        INTERRUPTS,
        TREES,
        CLUSTERS,
        FRAMES,
        OVERRUN,
    )
}
