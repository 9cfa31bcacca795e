"""Search on the pods of a Kubernetes cluster, by dask-kubernetes and its operator.

`pip install dask-kubernetes 'automl-gp[cluster]'`, and an image that has the same versions.
"""

from dask.distributed import Client
from dask_kubernetes.operator import KubeCluster
from sklearn.datasets import load_breast_cancer

from automl import AutoMLClassifier


def main() -> None:
    """Let the cluster grow from 4 to 32 pods."""
    cluster = KubeCluster(
        name="automl",
        image="registry.example.com/team/automl:1",  # an image of yours
        n_workers=4,
        worker_command=["dask", "worker", "--nthreads", "1"],
        resources={"limits": {"cpu": "1", "memory": "4Gi"}},
        # The port is open inside of the cluster: a NetworkPolicy has to keep strangers away.
        scheduler_service_type="ClusterIP",
    )
    cluster.adapt(minimum=4, maximum=32)
    with cluster, Client(cluster) as client:
        X, y = load_breast_cancer(as_frame=True, return_X_y=True)
        search = AutoMLClassifier(time_budget=3600, history="run.db", executor=client)
        search.fit(X, y).save("model")


if __name__ == "__main__":
    main()
