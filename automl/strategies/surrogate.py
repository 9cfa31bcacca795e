"""A forecast of scores: a random forest on what pipelines are made of.

::

    genome ──features_of──► operators, pairs of steps, settings ──► forest ──► expected rank

A child costs some seconds of fits, and a forecast a millisecond. So many children are made, and the
most promising of them is evaluated.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata
from sklearn.ensemble import RandomForestRegressor
from sklearn.feature_extraction import DictVectorizer

from automl.outcome import Outcome
from automl.pipelines import Genome

TREES = 16
LEAST_LEAF = 2  # pipelines: the score of a single one is noise in part
PATIENCE = 0.1  # of the outcomes: share of new ones after which the forest is fitted again


def features_of(genome: Genome) -> dict[str, float]:
    """Return what a pipeline is made of, by name: numbers as they are, other settings as names.

    Trees do not care for the scale of a number. What a pipeline does not have is 0.

    Examples
    --------
    >>> features_of(Genome.parse("ridge(pca(numeric, whiten=True), alpha=10.0)"))
    {'ridge': 1.0, 'ridge.alpha': 10.0, 'ridge(pca)': 1.0, 'pca': 1.0, 'pca.whiten=True': 1.0, \
'pca(numeric)': 1.0, 'numeric': 1.0}
    """
    features: dict[str, float] = {}
    for part in genome.walk():
        features[part.operator] = 1.0
        for name, value in part.settings:
            if isinstance(value, int | float) and not isinstance(value, bool):
                features[f"{part.operator}.{name}"] = float(value)
            else:
                features[f"{part.operator}.{name}={value}"] = 1.0
        for step in part.inputs:
            features[f"{part.operator}({step.operator})"] = 1.0
    return features


class Surrogate:
    """Learns from outcomes which pipelines are promising.

    It learns ranks, since a single log loss of 30 would count more than all other scores.
    Pipelines that were raced out have seen some folds only. They are compared with the best
    pipeline on these.

    References
    ----------
    Hutter, F., Hoos, H. and Leyton-Brown, K. (2011). Sequential model-based optimization for
    general algorithm configuration. LION 5 (forests that forecast scores, with the spread of their
    trees for the doubt).
    """

    def __init__(self) -> None:
        self._features: list[dict[str, float]] = []
        self._scores: list[list[float]] = []
        self._n_learnt = 0
        self._vectorizer = DictVectorizer(dtype=np.float32, sparse=False)
        self._forest = RandomForestRegressor(
            TREES, min_samples_leaf=LEAST_LEAF, max_features=0.5, random_state=0, n_jobs=1
        )

    def tell(self, genome: Genome, outcome: Outcome) -> None:
        """Take note of the outcome of a pipeline."""
        self._features.append(features_of(genome))
        self._scores.append(outcome.scores)

    def best_of(self, genomes: Sequence[Genome]) -> Genome:
        """Return the genome with the highest expected rank, doubt included.

        Parameters
        ----------
        genomes : sequence of Genome
            At least one.
        """
        if len(genomes) == 1 or not any(self._scores):
            return genomes[0]
        self._learn()
        table = self._vectorizer.transform(map(features_of, genomes))
        # Without the checks of `predict`, which would take longer than the trees.
        ranks = np.array([tree.tree_.predict(table)[:, 0] for tree in self._forest.estimators_])
        # Doubt counts in favor: where little is known, there is something to learn.
        return genomes[int((ranks.mean(axis=0) + ranks.std(axis=0)).argmax())]

    def _learn(self) -> None:
        if len(self._scores) >= (1 + PATIENCE) * self._n_learnt:
            self._n_learnt = len(self._scores)
            table = self._vectorizer.fit_transform(self._features)
            self._forest.fit(table, self._ranks())

    def _ranks(self) -> NDArray[np.float64]:
        """Return the ranks of pipelines from 0 to 1, by their lead over the best on equal folds."""
        n_folds = max(map(len, self._scores))
        best = max((scores for scores in self._scores if len(scores) == n_folds), key=sum)
        leads = [
            np.mean(np.subtract(scores, best[: len(scores)])) if scores else -np.inf
            for scores in self._scores
        ]
        return np.asarray(rankdata(leads) / len(leads))
