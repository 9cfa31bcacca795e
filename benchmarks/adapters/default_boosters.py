"""XGBoost, LightGBM and CatBoost by their default settings, each fitted once."""

from __future__ import annotations

from typing import Any

import pandas as pd

from benchmarks.adapters.adapter import Predictions
from benchmarks.adapters.frames import as_categories, like, numbered, predicted
from benchmarks.adapters.plain import PlainAdapter


class DefaultBooster(PlainAdapter):
    """A booster that is given categories as such."""

    preparation = "columns that are no numbers as categories"

    def prepare(self, X: pd.DataFrame) -> pd.DataFrame:
        """Return rows as the booster takes them: a category that is new is missing."""
        return like(X, self.columns_)

    def fit(self, X: pd.DataFrame, y: pd.Series[Any]) -> None:
        """Fit the estimator."""
        self.columns_ = as_categories(X)
        target, self.classes_ = numbered(y) if self.settings.kind.is_classification else (y, [])
        self.categories_ = self.columns_.select_dtypes("category").columns.tolist()
        self.estimator_ = self.make_estimator(X).fit(self.prepare(X), target)

    def predict(self, X: pd.DataFrame) -> Predictions:
        """Predict numbers or probabilities."""
        return predicted(self.estimator_, self.prepare(X), self.classes_)


class XGBoostDefault(DefaultBooster):
    """XGBoost, which takes pandas' categories."""

    def make_estimator(self, X: pd.DataFrame) -> Any:
        """Return XGBoost's estimator."""
        from xgboost import XGBClassifier, XGBRegressor

        class_ = XGBClassifier if self.settings.kind.is_classification else XGBRegressor
        return class_(
            enable_categorical=True, n_jobs=self.settings.jobs, random_state=self.settings.seed
        )


class LightGBMDefault(DefaultBooster):
    """LightGBM, which takes pandas' categories."""

    def make_estimator(self, X: pd.DataFrame) -> Any:
        """Return LightGBM's estimator."""
        from lightgbm import LGBMClassifier, LGBMRegressor

        class_ = LGBMClassifier if self.settings.kind.is_classification else LGBMRegressor
        return class_(n_jobs=self.settings.jobs, random_state=self.settings.seed, verbosity=-1)


class CatBoostDefault(DefaultBooster):
    """CatBoost, which takes categories as texts, new ones among them."""

    preparation = "columns that are no numbers as categories, missing ones as a text"

    def make_estimator(self, X: pd.DataFrame) -> Any:
        """Return CatBoost's estimator."""
        from catboost import CatBoostClassifier, CatBoostRegressor

        class_ = CatBoostClassifier if self.settings.kind.is_classification else CatBoostRegressor
        return class_(
            cat_features=self.categories_,
            thread_count=self.settings.jobs,
            random_state=self.settings.seed,
            allow_writing_files=False,
            verbose=False,
        )

    def prepare(self, X: pd.DataFrame) -> pd.DataFrame:
        """Return rows whose categories are texts, for missing ones are an error there."""
        texts = {
            name: X[name].astype(object).fillna("missing").map(str) for name in self.categories_
        }
        return X.assign(**texts)
