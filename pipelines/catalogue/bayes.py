"""Naive Bayes."""

from automl.pipelines.domains import Real
from automl.pipelines.operator import Matrix, Operator, Prediction, Scaled

OPERATORS = (
    Operator(
        name="gaussian_nb",
        path="sklearn.naive_bayes.GaussianNB",
        takes=Matrix,
        gives=Prediction,
        tasks=("classification",),
        domains={"var_smoothing": Real(1e-12, 0.1, default=1e-9, log=True)},
    ),
    Operator(
        name="bernoulli_nb",
        path="sklearn.naive_bayes.BernoulliNB",
        takes=Scaled,
        gives=Prediction,
        tasks=("classification",),
        domains={"alpha": Real(1e-2, 100.0, default=1.0, log=True)},
    ),
)
