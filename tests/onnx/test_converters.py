"""Single converters beside scikit-learn, on cells at and beyond the ends of training."""

import numpy as np
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.cluster import KMeans
from sklearn.discriminant_analysis import QuadraticDiscriminantAnalysis
from sklearn.ensemble import (
    AdaBoostClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
)
from sklearn.kernel_approximation import Nystroem, RBFSampler
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.preprocessing import (
    KBinsDiscretizer,
    MinMaxScaler,
    Normalizer,
    QuantileTransformer,
    RobustScaler,
    SplineTransformer,
)
from sklearn.svm import SVC, SVR

from automl.onnx.graph import Block, Graph
from automl.onnx.session import run
from automl.onnx.steps import predicted, transformed

RNG = np.random.default_rng(0)
# Counts with many zeros, numbers, a constant.
ROWS = np.column_stack([RNG.poisson(1, 200), RNG.normal(0, 3, 200), np.ones(200)])
NEW = np.vstack([ROWS, [[-1, -20, 0], [9, 20, 2], [0, 0, 0], [2.5, ROWS[:, 1].max(), 1]]])
CODES = RNG.integers(0, 3, 200) + (ROWS[:, 1] > 0)
TRANSFORMERS = [
    QuantileTransformer(n_quantiles=50),
    QuantileTransformer(n_quantiles=50, output_distribution="normal"),
    SplineTransformer(knots="quantile", include_bias=False),
    SplineTransformer(n_knots=9, degree=2),
    KBinsDiscretizer(4, quantile_method="averaged_inverted_cdf"),
    KBinsDiscretizer(7, strategy="uniform", encode="onehot-dense"),
    Nystroem(n_components=20, gamma=0.5, random_state=0),
    RBFSampler(random_state=0),
    KMeans(3, random_state=0, n_init=1),
    RobustScaler(),
    MinMaxScaler(clip=True),
    Normalizer("l1"),
    Normalizer("max"),
]
CLASSIFIERS = [
    AdaBoostClassifier(n_estimators=5, random_state=0),
    GaussianNB(),
    GradientBoostingClassifier(n_estimators=5, random_state=0),
    HistGradientBoostingClassifier(max_iter=5),
    LogisticRegression(),
    QuadraticDiscriminantAnalysis(reg_param=0.1),
    SVC(gamma=0.1),
]


def output_of(convert, estimator):
    graph = Graph()
    outcome = convert(graph, estimator, graph.input("x", "number"), NEW.shape[1])
    name = outcome.name if isinstance(outcome, Block) else outcome
    graph.output("y", name, np.dtype(np.float64), None)
    tensors = {"x": NEW.reshape(-1, 1)}
    return run(graph.model({}), tensors, ("y",))[0]


def as_matrix(convert):
    """Return a converter of an input of one column that holds the cells of all columns."""

    def from_column(graph, estimator, block, width):
        matrix = graph.add("Reshape", block.name, graph.constant([-1, width]))
        return convert(graph, estimator, Block(matrix, width))

    return from_column


@pytest.mark.filterwarnings("ignore:Feature 2 is constant", "ignore:Bins whose width")
@pytest.mark.parametrize("transformer", TRANSFORMERS, ids=str)
def test_transformers(transformer):
    expected = transformer.fit(ROWS).transform(NEW)
    dense = expected.toarray() if hasattr(expected, "toarray") else expected
    output = output_of(as_matrix(transformed), transformer)
    np.testing.assert_allclose(output, dense, rtol=0, atol=1e-8)


@pytest.mark.filterwarnings("ignore:The covariance matrix")
@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("method", ["sigmoid", "isotonic", "temperature"])
@pytest.mark.parametrize("classifier", CLASSIFIERS, ids=lambda model: type(model).__name__)
def test_calibrated_classifiers(classifier, method, n_classes):
    calibrated = CalibratedClassifierCV(classifier, method=method, cv=2, ensemble=False)
    calibrated.fit(ROWS, np.minimum(CODES, n_classes - 1))
    output = output_of(as_matrix(predicted), calibrated)
    # The support vector machine of three classes is computed in floats.
    np.testing.assert_allclose(output, calibrated.predict_proba(NEW), rtol=0, atol=1e-5)


@pytest.mark.parametrize("kernel", ["linear", "rbf", "poly", "sigmoid"])
def test_support_vector_machines_in_doubles(kernel):
    machine = SVR(kernel=kernel, gamma=0.05, coef0=0.5).fit(ROWS, ROWS[:, 1] + CODES)
    output = output_of(as_matrix(predicted), machine)
    np.testing.assert_allclose(output[:, 0], machine.predict(NEW), rtol=1e-10, atol=1e-10)
