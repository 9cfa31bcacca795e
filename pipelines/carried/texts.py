"""Free text to numbers."""

import pandas as pd
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.feature_extraction.text import TfidfVectorizer


class JoinedTfidfVectorizer(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Weigh the words of a row, those of all its columns together."""

    def __init__(self, analyzer="word", ngram_max=1, min_df=1, max_features=2000):  # type: ignore[no-untyped-def]
        self.analyzer = analyzer
        self.ngram_max = ngram_max
        self.min_df = min_df
        self.max_features = max_features

    def fit(self, X, y=None):  # type: ignore[no-untyped-def]
        self.vectorizer_ = TfidfVectorizer(
            analyzer=self.analyzer,
            ngram_range=(1, self.ngram_max),
            min_df=self.min_df,
            max_features=self.max_features,
            sublinear_tf=True,
        )
        self.vectorizer_.fit(self._texts(X))  # type: ignore[no-untyped-call]
        self._n_features_out = len(self.vectorizer_.vocabulary_)
        return self

    def transform(self, X):  # type: ignore[no-untyped-def]
        return self.vectorizer_.transform(self._texts(X))  # type: ignore[no-untyped-call]

    def _texts(self, X):  # type: ignore[no-untyped-def]
        frame = pd.DataFrame(X).astype(object)
        return [" ".join(row) for row in frame.where(frame.notna(), "").to_numpy()]
