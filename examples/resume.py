"""Search for a while, and go on later from the file in which everything was kept."""

import sys
from pathlib import Path

from sklearn.datasets import load_wine

from automl import AutoMLClassifier


def main(folder: str) -> None:
    """Keep the history in a folder."""
    X, y = load_wine(as_frame=True, return_X_y=True)
    history = Path(folder) / "wine.db"
    first = AutoMLClassifier(max_evaluations=3, time_budget=None, random_state=0, history=history)
    first.fit(X, y)
    longer = AutoMLClassifier(max_evaluations=6, time_budget=None, random_state=0, history=history)
    longer.fit(X, y, resume=True)
    print(f"{len(first.leaderboard_)} pipelines, then {len(longer.leaderboard_)}")
    print(f"{first.best_score_:.4f}, then {longer.best_score_:.4f}")


if __name__ == "__main__":
    main(sys.argv[1])
