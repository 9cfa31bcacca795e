"""The steps of a pipeline as a diagram, in the order of the data."""

import pytest

from automl.page.diagram import Fork, Step, diagram
from automl.pipelines import Genome

KINDS = {"numeric": ["age", "height"], "categorical": ["city"]}


@pytest.mark.parametrize(
    ("genome", "text"),
    [
        ("ridge(numeric)", "numeric (2 columns) > ridge"),
        ("log_target(ridge(pca(numeric)))", "numeric (2 columns) > pca > ridge > log_target"),
        (
            "ridge(pca(join(one_hot(categorical), numeric)), alpha=1.0)",
            "(numeric (2 columns) | categorical (1 column) > one_hot) > pca > ridge (alpha=1.0)",
        ),
    ],
)
def test_steps_stand_in_the_order_of_the_data(genome, text):
    assert diagram("title", Genome.parse(genome), KINDS).text == text


def test_branches_are_joined_inside_of_branches():
    text = "ridge(join(pca(join(numeric, one_hot(categorical))), scaler(dates)))"
    fork, model = diagram("title", Genome.parse(text)).flow.parts
    assert isinstance(fork, Fork)
    assert model == Step("ridge")
    assert sorted(len(branch.parts) for branch in fork.branches) == [2, 2]
    inner = [branch.parts[0] for branch in fork.branches if isinstance(branch.parts[0], Fork)]
    assert [len(part.branches) for part in inner] == [2]
