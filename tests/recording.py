"""An operator of a user that notes the threads of the process in which it is fitted."""

import contextlib
import json
import os
import uuid
from pathlib import Path

import joblib
import numpy as np
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_info

from automl import NestedCV
from automl.pipelines import Operator, Prediction, Scaled
from tests.searches import CLASSES, classifier

N_LOOKS = 50  # at the states of the threads after a fit: threads that are left may spin
POOLS = {"blas", "openmp"}
# A thread that CatBoost keeps for the next fit spins for some milliseconds after one.
MOST_RUNNING = 2


class Recorder(LogisticRegression):
    """A logistic regression that also fits by the libraries that have threads, and notes these."""

    def __init__(self, folder="."):
        super().__init__()
        self.folder = folder

    def fit(self, X, y, sample_weight=None):
        from catboost import CatBoostClassifier
        from lightgbm import LGBMClassifier
        from sklearn.ensemble import HistGradientBoostingClassifier
        from xgboost import XGBClassifier

        codes = np.unique(y, return_inverse=True)[1]
        running = 0
        for model in (  # with one thread, as in the catalogue, or as a user may leave them
            HistGradientBoostingClassifier(max_iter=3),
            XGBClassifier(n_estimators=3),
            XGBClassifier(n_estimators=3, n_jobs=1),
            LGBMClassifier(n_estimators=3, verbosity=-1),
            LGBMClassifier(n_estimators=3, verbosity=-1, n_jobs=1),
            CatBoostClassifier(iterations=3, thread_count=1, verbose=0, allow_writing_files=False),
        ):
            model.fit(X, codes)
            running = max([running, *(running_threads() for _ in range(N_LOOKS))])
        record = {
            "pools": {pool["filepath"]: pool["num_threads"] for pool in threadpool_info()},
            "kinds": sorted({pool["user_api"] for pool in threadpool_info()}),
            "n_jobs": int(joblib.effective_n_jobs(-1)),
            "running": running,
            "numexpr": os.environ.get("NUMEXPR_NUM_THREADS"),
        }
        Path(self.folder, f"{uuid.uuid4().hex}.json").write_text(json.dumps(record), "utf-8")
        return super().fit(X, y, sample_weight)


def running_threads():
    """Return the number of threads of this process that compute or wait for a core."""
    states = []
    for path in Path("/proc/self/task").glob("*/stat"):
        with contextlib.suppress(OSError):  # it has ended
            states.append(path.read_text("utf-8").rpartition(")")[2].split()[0])
    return states.count("R")


def recording_search(folder, **options):
    """Return a search whose only model but the baseline is the recorder."""
    operator = Operator(
        name="recorder",
        path="tests.recording.Recorder",
        takes=Scaled,
        gives=Prediction,
        tasks=("classification",),
        fixed={"folder": str(folder)},
    )
    quick = {"max_evaluations": 2, "cv": NestedCV(2, repeats=1, tuner=None)}
    search = classifier(**quick | options)
    steps = search.catalogue.without(*CLASSES)
    return search.set_params(catalogue=steps.with_operator(operator))


def check_threads(folder, least=2):
    """Raise an error unless each fit had one thread, in each library."""
    records = [json.loads(path.read_text("utf-8")) for path in Path(folder).glob("*.json")]
    assert len(records) >= least
    for record in records:
        assert set(record["kinds"]) == POOLS
        assert set(record["pools"].values()) == {1}, record["pools"]
        assert (record["n_jobs"], record["numexpr"]) == (1, "1")
        assert record["running"] <= MOST_RUNNING
