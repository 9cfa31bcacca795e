"""The process of a search, as TabArena's side sees it."""

import json
import subprocess
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

SCRIPT = Path(__file__).with_name("search.py")
PATIENCE = 30.0  # seconds for an idle process to end; a search that hangs is not worth more


class SearchProcess:
    """A search in the environment of this project, whose packages TabArena's cannot have.

    AutoGluon, on which TabArena stands, needs pandas 2 and this project pandas 3. One process does
    both fit and predict, so that the time of predictions has no start of Python in it.

    Parameters
    ----------
    python : str
        The Python that this project is installed for.
    """

    def __init__(self, python: str) -> None:
        self._folder = TemporaryDirectory(prefix="automl-tabarena-", ignore_cleanup_errors=True)
        self.folder = Path(self._folder.name)
        # -P: else modules beside the script would come before installed ones of their names.
        self._process = subprocess.Popen(
            [python, "-P", str(SCRIPT), str(self.folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )

    def warm(self) -> None:
        """Wait until everything is imported."""
        self._ask({"do": "warm"})

    def fit(
        self, X: pd.DataFrame, y: NDArray[Any], problem: str, target: str, settings: dict[str, Any]
    ) -> None:
        """Search.

        Parameters
        ----------
        X : DataFrame
        y : ndarray
            Numbers, which stand for classes where it is no regression.
        problem : {"binary", "multiclass", "regression"}
        target : str
            The name of `y`.
        settings : dict
            Parameters of the search.
        """
        self._write(X)
        np.save(self.folder / "y.npy", y)
        self._ask({"do": "fit", "problem": problem, "target": target, "settings": settings})

    def predict(self, X: pd.DataFrame) -> NDArray[np.float64]:
        """Return numbers, or the probabilities of the classes in their order."""
        self._write(X)
        self._ask({"do": "predict"})
        predictions: NDArray[np.float64] = np.load(self.folder / "predictions.npy")
        return predictions

    def close(self) -> None:
        """End the process and remove its files."""
        # The end of its input is the end of the process.
        for stream in (self._process.stdin, self._process.stdout):
            with suppress(BrokenPipeError):
                if stream is not None:
                    stream.close()
        try:
            self._process.wait(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._folder.cleanup()

    def _write(self, X: pd.DataFrame) -> None:
        # Parquet wants texts as names, and no index that both sides would have to agree on.
        plain = X.reset_index(drop=True).set_axis([str(name) for name in X.columns], axis="columns")
        plain.to_parquet(self.folder / "X.parquet")

    def _ask(self, request: dict[str, Any]) -> None:
        """Wait for the answer.

        Raises
        ------
        RuntimeError
            If it is an error, or if there is none because the process has ended.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with suppress(BrokenPipeError):  # then there is no answer either
            print(json.dumps(request), file=self._process.stdin, flush=True)
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(
                f"the process of the search ended with status {self._process.wait()}; what it "
                "wrote to the standard error says why, such as this project not being installed"
            )
        if error := json.loads(line).get("error"):
            raise RuntimeError(f"the search failed:\n{error}")
