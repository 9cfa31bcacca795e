"""Multi-layer perceptrons: regularized by a penalty on few rows, by early stopping on many.

A tenth of a few hundred rows says little about when to stop, and classifiers stop by their accuracy
there. On half a dozen public sets of 500 to 1,200 rows, networks with a penalty and all their
epochs were far better (credit_g: ROC AUC 0.81 against 0.52; vehicle: log loss 0.42 against 0.97).
"""

from automl.pipelines.catalogue.kernels import BOUNDED
from automl.pipelines.catalogue.models import classifier, regressor
from automl.pipelines.operators.domains import Choice, Domain, Integer, Real
from automl.pipelines.operators.flow_types import Wide
from automl.pipelines.operators.operator import Wrapper

# One to three equal layers: more depth needs tricks that scikit-learn's networks do not have.
LAYERS = (
    (16,),
    (32,),
    (64,),
    (100,),
    (128,),
    (256,),
    (32, 32),
    (64, 64),
    (128, 128),
    (256, 256),
    (64, 64, 64),
    (128, 128, 128),
)
SHAPE: dict[str, Domain] = {
    "hidden_layer_sizes": Choice(LAYERS, default=(100,)),
    "activation": Choice(("relu", "tanh"), default="relu"),
}
SPEED: dict[str, Domain] = {
    "learning_rate_init": Real(1e-4, 5e-2, default=1e-3, log=True),
    "batch_size": Choice(("auto", 32, 64, 128, 256, 512), default="auto"),
}
DOMAINS: dict[str, Domain] = {
    **SHAPE,
    "alpha": Real(1e-5, 30.0, default=1.0, log=True),
    **SPEED,
    "max_iter": Integer(30, 300, default=200, log=True),
}
REASONS = {"alpha": "without early stopping the penalty is what holds the network back"}
NETWORK_PARTS = ("sklearn.neural_network._stochastic_optimizers.AdamOptimizer",)
# Of several targets it learns those with two classes, named 0 and 1, only.
INDICATED = Wrapper(
    "automl.pipelines.carried.indicating.IndicatorClassifier", "estimator", needs_several=True
)
MAX_ROWS = 10_000  # beyond these, all epochs take a minute and more

STOPPED_DOMAINS: dict[str, Domain] = {
    **SHAPE,
    "alpha": Real(1e-7, 10.0, default=1e-4, log=True),
    **SPEED,
}
# No epochs among the domains, because early stopping chooses them.
STOPPED = {"early_stopping": True, "max_iter": 500}
STOPPED_REASONS = {
    "early_stopping": "it chooses the epochs",
    "max_iter": "early stopping ends it before",
}
MIN_ROWS = 2_000  # a tenth of fewer rows says nothing about when to stop

OPERATORS = (
    classifier(
        name="mlp_classifier",
        path="sklearn.neural_network.MLPClassifier",
        takes=Wide,
        one_output=False,
        wrapper=INDICATED,
        domains=DOMAINS,
        max_rows=MAX_ROWS,
        parts=NETWORK_PARTS,
        reasons=REASONS,
    ),
    classifier(
        name="mlp_classifier_stopped",
        path="sklearn.neural_network.MLPClassifier",
        takes=Wide,
        one_output=False,
        wrapper=INDICATED,
        domains=STOPPED_DOMAINS,
        fixed=STOPPED,
        min_rows=MIN_ROWS,
        parts=NETWORK_PARTS,
        reasons=STOPPED_REASONS,
    ),
    regressor(
        name="mlp_regressor",
        path="sklearn.neural_network.MLPRegressor",
        takes=Wide,
        domains=DOMAINS,
        wrapper=BOUNDED,
        max_rows=MAX_ROWS,
        parts=NETWORK_PARTS,
        reasons=REASONS,
    ),
    regressor(
        name="mlp_regressor_stopped",
        path="sklearn.neural_network.MLPRegressor",
        takes=Wide,
        domains=STOPPED_DOMAINS,
        fixed=STOPPED,
        wrapper=BOUNDED,
        min_rows=MIN_ROWS,
        parts=NETWORK_PARTS,
        reasons=STOPPED_REASONS,
    ),
)
