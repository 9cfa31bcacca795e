"""Fit and predict where this project is installed: the process that a system of TabArena starts.

Requests are lines of JSON on the standard input, answers such lines on the standard output. Data
are files in a folder that both processes know.
"""

import json
import os
import sys
import traceback
from pathlib import Path
from typing import Any, TextIO

import numpy as np
import pandas as pd

from automl import AutoMLClassifier, AutoMLRegressor


class Search:
    """One search, from its fit to its last prediction.

    Parameters
    ----------
    folder : Path
        The folder of the data.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.estimator: Any = None

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """Do what a request asks for.

        Parameters
        ----------
        request : dict
            Under `do`, "warm", "fit" or "predict"; "fit" also has the `problem`, the name of the
            `target` and the `settings` of the search.

        Returns
        -------
        dict
            The message of an error under `error`, or nothing.
        """
        if request["do"] == "fit":
            self._fit(request["problem"], request["target"], request["settings"])
        elif request["do"] == "predict":
            self._predict()
        # "warm" asks for nothing but the imports above.
        return {}

    def _fit(self, problem: str, target: str, settings: dict[str, Any]) -> None:
        kind = AutoMLRegressor if problem == "regression" else AutoMLClassifier
        y = pd.Series(np.load(self.folder / "y.npy"), name=target)
        self.estimator = kind(**settings).fit(self._read(), y)

    def _predict(self) -> None:
        is_classifier = isinstance(self.estimator, AutoMLClassifier)
        predict = self.estimator.predict_proba if is_classifier else self.estimator.predict
        np.save(self.folder / "predictions.npy", np.asarray(predict(self._read()), dtype=float))

    def _read(self) -> pd.DataFrame:
        return pd.read_parquet(self.folder / "X.parquet")


def serve(search: Search, requests: TextIO, answers: TextIO) -> None:
    """Answer requests until there are no more.

    Parameters
    ----------
    search : Search
    requests : file
    answers : file
    """
    for line in requests:
        try:
            answer = search.answer(json.loads(line))
        # Whatever went wrong belongs into TabArena's record of the split, not into a lost log.
        except Exception:  # noqa: BLE001
            answer = {"error": traceback.format_exc()}
        print(json.dumps(answer), file=answers, flush=True)


def main() -> None:
    """Keep the standard output for answers: libraries that print there write to the errors."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    with answers:
        serve(Search(Path(sys.argv[1])), sys.stdin, answers)


if __name__ == "__main__":
    main()
