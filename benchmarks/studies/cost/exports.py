"""What it costs to write a script."""

import tempfile
from pathlib import Path
from statistics import median

from automl.pipelines import Genome, Member, Script, export_script, load_catalogue
from benchmarks.studies.cost.fits import FEW, fitted
from benchmarks.studies.cost.measure import Reading, Scale, seconds_of
from benchmarks.studies.cost.parts import SEED


def export_time(scale: Scale) -> list[Reading]:
    """Measure how long the script of a best pipeline takes to make and to write.

    Parameters
    ----------
    scale : Scale
    """
    search = fitted("iris", FEW, n_jobs=1, refit=True)
    script = Script(
        members=[Member(Genome.parse(search.best_genome_))],
        catalogue=load_catalogue("default"),
        columns=search.columns_,
        task="classification",
        target="target",
        random_state=SEED,
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "best.py"
        made = [seconds_of(lambda: export_script(script)) for _ in range(scale.exports)]
        written = [seconds_of(lambda: search.export(path)) for _ in range(scale.exports)]
    return [
        Reading("make the source, as every fit does", 1e3 * median(made), "ms"),
        Reading("search.export: write it", 1e3 * median(written), "ms"),
    ]
