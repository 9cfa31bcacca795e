"""Search on a Dask cluster, which here is two processes of this machine."""

import sys
from pathlib import Path

from dask.distributed import Client, LocalCluster
from sklearn.datasets import load_wine

from automl import AutoMLClassifier


def main(folder: str) -> None:
    """Keep what the workers write in a folder."""
    X, y = load_wine(as_frame=True, return_X_y=True)
    options = {"threads_per_worker": 1, "dashboard_address": None}
    place = Path(folder) / "workers"
    # The loopback: whoever reaches a scheduler runs code on its workers.
    with (
        LocalCluster(n_workers=2, host="127.0.0.1", local_directory=place, **options) as cluster,
        Client(cluster) as client,
    ):
        search = AutoMLClassifier(
            max_evaluations=3, time_budget=None, random_state=0, executor=client
        )
        search.fit(X, y)
    print(f"{search.run_.workers} workers found {search.best_genome_}")


if __name__ == "__main__":
    main(sys.argv[1])
