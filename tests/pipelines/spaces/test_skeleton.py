"""The settings of one pipeline: every tree is that pipeline with other settings, and back."""

import random
from contextlib import suppress

import numpy as np
import pytest
from deap import gp
from hypothesis import given, settings
from hypothesis import strategies as st

from automl.pipelines import Columns, Genome, Grammar, Skeleton, Traits, load_catalogue

CATALOGUE = load_catalogue("default")
COLUMNS = Columns(numeric=("age", "income"), categorical=("city",))
GRAMMARS = {
    task: Grammar(CATALOGUE, COLUMNS, Traits(task=task, n_rows=1_000))
    for task in ("classification", "regression")
}
SEEDS = st.integers(0, 2**32 - 1)
PCA = "pca(standard_scaler(simple_imputer(numeric, add_indicator=False, strategy={!r})), {})"
FULL = "n_components=0.9, whiten=False"
TWINS = f"lasso(join({PCA.format('mean', FULL)}, {PCA.format('median', FULL)}), alpha=1.0)"


def structure(genome):
    return genome.operator, sorted(map(structure, genome.inputs))


@pytest.mark.parametrize("task", GRAMMARS)
@settings(max_examples=60, deadline=None)
@given(seed=SEEDS)
def test_settings_change_and_the_structure_stays(task, seed):
    rng = np.random.default_rng(seed)
    genome = GRAMMARS[task].grow(rng)
    skeleton = Skeleton(genome, CATALOGUE)
    assert skeleton.genome(skeleton.tree(genome)) == genome
    assert skeleton.with_values(skeleton.values(genome)) == genome
    neighbor = skeleton.grow(rng)
    assert structure(neighbor) == structure(genome)
    assert skeleton.with_values(skeleton.values(neighbor)) == neighbor
    assert GRAMMARS[task].contains(neighbor)


@pytest.mark.parametrize("task", GRAMMARS)
@settings(max_examples=60, deadline=None)
@given(seed=SEEDS)
def test_choices_lead_back_to_the_genome(task, seed):
    class Repeat:
        def option(self, place, names):
            assert list(choices[place][0]) == list(names)
            return choices[place][1]

        def value(self, place, domain):
            assert choices[place][0] == domain
            return choices[place][1]

    genome = GRAMMARS[task].grow(np.random.default_rng(seed))
    choices = Skeleton(genome, CATALOGUE).choices(genome)
    assert Skeleton(genome, CATALOGUE).draw(Repeat()) == genome
    with suppress(ValueError):  # joins in canonical order may be deeper than what was drawn
        choices = GRAMMARS[task].choices(genome)
        assert GRAMMARS[task].draw(Repeat()) == genome


@settings(max_examples=30, deadline=None)
@given(seed=SEEDS)
def test_what_deap_makes_keeps_the_structure(seed):
    rng = np.random.default_rng(seed)
    random.seed(seed)
    pattern = GRAMMARS["classification"].grow(rng)
    skeleton = Skeleton(pattern, CATALOGUE)
    mother, father = (skeleton.tree(skeleton.grow(rng)) for _ in range(2))
    gp.mutInsert(mother, skeleton.pset)
    gp.mutShrink(mother)
    gp.cxOnePoint(mother, father)
    changed = skeleton.genome(gp.PrimitiveTree(mother))
    assert changed.size <= pattern.size  # equal branches of a join are one
    assert not skeleton.contains(changed) or structure(changed) == structure(pattern)


def test_a_grid_has_every_combination():
    genome = Genome.parse(
        "svc_rbf(kernel_scaler(max_abs_scaler(numeric), gamma=1.0), C=1.0, class_weight=None)"
    )
    points = list(Skeleton(genome, CATALOGUE).grid(3))
    assert len(points) == len(set(points)) == 3 * 3 * 2
    assert len({dict(point.settings)["C"] for point in points}) == 3


def test_branches_that_differ_in_settings_only():
    skeleton = Skeleton(Genome.parse(TWINS), CATALOGUE)
    mixed = Genome.parse(TWINS.replace("0.9", "0.5", 1))
    assert skeleton.with_values(skeleton.values(mixed)) == mixed
    one_branch = Genome.parse(f"lasso({PCA.format('mean', FULL)}, alpha=1.0)")
    assert not skeleton.contains(one_branch)
    with pytest.raises(ValueError, match="expected the structure of lasso"):
        skeleton.values(one_branch)
