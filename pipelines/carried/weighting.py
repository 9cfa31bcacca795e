"""Sample weights for the members of an ensemble."""

from sklearn.pipeline import Pipeline


class WeightedPipeline(Pipeline):  # type: ignore[misc]
    """A pipeline that takes sample weights as an ensemble gives them, for its last step."""

    def fit(self, X, y, sample_weight=None):  # type: ignore[no-untyped-def]
        options = {f"{self.steps[-1][0]}__sample_weight": sample_weight}
        return super().fit(X, y, **(options if sample_weight is not None else {}))
