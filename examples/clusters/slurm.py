"""Search on the nodes of a SLURM cluster, by dask-jobqueue; run it on a login node.

`pip install dask-jobqueue cryptography 'automl-gp[cluster]'` where the nodes see it. Other systems
have classes of the same kind: `PBSCluster`, `SGECluster`, `LSFCluster`, `HTCondorCluster`.
"""

from dask.distributed import Client
from dask_jobqueue import SLURMCluster
from sklearn.datasets import load_breast_cancer

from automl import AutoMLClassifier


def main() -> None:
    """Ask for four jobs of SLURM, with eight workers each."""
    cluster = SLURMCluster(
        queue="batch",
        cores=8,
        processes=8,  # workers of one thread each
        memory="32GB",
        walltime="02:00:00",
        local_directory="/scratch",  # a disk of the node, where the data are written once
        # Anybody on the network of the nodes could else reach the scheduler and run code.
        security=True,  # TLS with certificates of its own; it needs the package cryptography
        shared_temp_directory="~/certificates",  # they lie there; a folder that the nodes see
    )
    cluster.scale(jobs=4)
    with cluster, Client(cluster) as client:
        client.wait_for_workers(8)
        X, y = load_breast_cancer(as_frame=True, return_X_y=True)
        search = AutoMLClassifier(time_budget=3600, history="run.db", executor=client)
        search.fit(X, y).save("model")


if __name__ == "__main__":
    main()
