"""Multi-layer perceptrons, whose epochs early stopping chooses on rows of the training part."""

from automl.pipelines.catalogue.kernels import STANDARDIZED
from automl.pipelines.catalogue.models import classifier, regressor
from automl.pipelines.domains import Choice, Domain, Real
from automl.pipelines.operator import Wide

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
DOMAINS: dict[str, Domain] = {
    "hidden_layer_sizes": Choice(LAYERS, default=(100,)),
    "activation": Choice(("relu", "tanh"), default="relu"),
    "alpha": Real(1e-7, 10.0, default=1e-4, log=True),
    "learning_rate_init": Real(1e-4, 5e-2, default=1e-3, log=True),
    "batch_size": Choice(("auto", 32, 64, 128, 256, 512), default="auto"),
}
FIXED = {"early_stopping": True, "max_iter": 500}
REASONS = {"early_stopping": "it chooses the epochs", "max_iter": "early stopping ends it before"}
MIN_ROWS = 200  # a tenth of fewer rows says nothing about when to stop

OPERATORS = (
    classifier(
        name="mlp_classifier",
        path="sklearn.neural_network.MLPClassifier",
        takes=Wide,
        domains=DOMAINS,
        fixed=FIXED,
        min_rows=MIN_ROWS,
        reasons=REASONS,
    ),
    regressor(
        name="mlp_regressor",
        path="sklearn.neural_network.MLPRegressor",
        takes=Wide,
        domains=DOMAINS,
        fixed=FIXED,
        wrapper=STANDARDIZED,
        min_rows=MIN_ROWS,
        reasons=REASONS,
    ),
)
