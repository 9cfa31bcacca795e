"""Naive Bayes."""

from automl.pipelines.catalogue.models import classifier
from automl.pipelines.operators.domains import Choice, Real
from automl.pipelines.operators.flow_types import Counts, Matrix, Wide

# Counts are small, so that a hundred pseudo-counts already hide most of them.
ALPHA = Real(1e-2, 100.0, default=1.0, log=True)
PRIOR = Choice((True, False), default=True)

OPERATORS = (
    classifier(
        name="gaussian_nb",
        path="sklearn.naive_bayes.GaussianNB",
        takes=Matrix,
        domains={"var_smoothing": Real(1e-12, 0.1, default=1e-9, log=True)},
    ),
    classifier(
        name="bernoulli_nb",
        path="sklearn.naive_bayes.BernoulliNB",
        takes=Wide,
        domains={"alpha": ALPHA, "fit_prior": PRIOR},
    ),
    # The two models of counts refuse negative numbers, which is why they do not take `Wide`.
    classifier(
        name="multinomial_nb",
        path="sklearn.naive_bayes.MultinomialNB",
        takes=Counts,
        domains={"alpha": ALPHA, "fit_prior": PRIOR},
    ),
    classifier(
        name="complement_nb",
        path="sklearn.naive_bayes.ComplementNB",
        takes=Counts,
        domains={"alpha": ALPHA},
    ),
)
