"""Add an estimator of your own choice to the catalogue."""

from sklearn.datasets import load_diabetes

from automl import AutoMLRegressor, catalogue
from automl.pipelines import Operator, Prediction, Real, Scaled


def main() -> None:
    """Search for the best pipeline around a robust linear model."""
    huber = Operator(
        name="huber",
        path="sklearn.linear_model.HuberRegressor",
        takes=Scaled,
        gives=Prediction,
        tasks=("regression",),
        domains={
            "epsilon": Real(1.01, 3.0, default=1.35),
            "alpha": Real(1e-6, 1.0, 1e-4, log=True),
        },
    )
    operators = catalogue("default").only("simple_imputer", "standard_scaler", "power_transformer")
    X, y = load_diabetes(as_frame=True, return_X_y=True)
    search = AutoMLRegressor(
        catalogue=operators.with_operator(huber),
        max_evaluations=4,
        time_budget=None,
        random_state=0,
    )
    print(search.fit(X, y).best_genome_)


if __name__ == "__main__":
    main()
