"""CatBoost for dataframes with pandas' categories."""

import numpy as np
from catboost import CatBoostClassifier, CatBoostRegressor


class FrameCatBoostClassifier(CatBoostClassifier):  # type: ignore[misc]
    """CatBoostClassifier that finds the categories itself, and takes missing ones."""

    def fit(self, X, y, **options):  # type: ignore[no-untyped-def]
        names = list(X.select_dtypes("category")) if hasattr(X, "columns") else None
        return super().fit(self.as_texts(X), y, cat_features=names, **options)  # type: ignore[no-untyped-call]

    def predict(self, X, **options):  # type: ignore[no-untyped-def]
        return np.ravel(super().predict(self.as_texts(X), **options))  # type: ignore[no-untyped-call]

    def predict_proba(self, X, **options):  # type: ignore[no-untyped-def]
        return super().predict_proba(self.as_texts(X), **options)  # type: ignore[no-untyped-call]

    def score(self, X, y=None):  # type: ignore[no-untyped-def]
        return super().score(self.as_texts(X), y)  # type: ignore[no-untyped-call]

    def as_texts(self, X):  # type: ignore[no-untyped-def]
        if hasattr(X, "columns"):
            X = X.copy()
            for name in X.select_dtypes("category"):
                texts = X[name].astype(object).where(X[name].notna(), "missing")
                X[name] = texts.map(str).astype(object)
        return X


class FrameCatBoostRegressor(CatBoostRegressor):  # type: ignore[misc]
    """CatBoostRegressor that finds the categories itself, and takes missing ones."""

    def fit(self, X, y, **options):  # type: ignore[no-untyped-def]
        names = list(X.select_dtypes("category")) if hasattr(X, "columns") else None
        return super().fit(self.as_texts(X), y, cat_features=names, **options)  # type: ignore[no-untyped-call]

    def predict(self, X, **options):  # type: ignore[no-untyped-def]
        return super().predict(self.as_texts(X), **options)  # type: ignore[no-untyped-call]

    def score(self, X, y=None):  # type: ignore[no-untyped-def]
        return super().score(self.as_texts(X), y)  # type: ignore[no-untyped-call]

    def as_texts(self, X):  # type: ignore[no-untyped-def]
        if hasattr(X, "columns"):
            X = X.copy()
            for name in X.select_dtypes("category"):
                texts = X[name].astype(object).where(X[name].notna(), "missing")
                X[name] = texts.map(str).astype(object)
        return X
