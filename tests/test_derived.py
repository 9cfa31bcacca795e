"""Models that a fitted search gives without a search: a price, other rows, another threshold."""

import json
from dataclasses import replace

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.metrics import balanced_accuracy_score, f1_score

from automl import AutoMLClassifier, DataError, NestedCV, SettingsError, TunedThreshold, load
from automl.problem.metric import THRESHOLD_SCORES, resolve_metric
from automl.selection.row_values import RowValues
from automl.winner.held_out import HeldOutRows
from automl.winner.threshold import threshold_of
from tests.searches import NUMBERS, N, X, classifier, labels, regressor

# A quarter is positive, so that f1 and balanced accuracy want less than a half.
LABELS = labels(0.25)
NEW = X.assign(a=X["a"] + 0.1)


@pytest.fixture(scope="module")
def of_classes():
    return classifier().fit(X, LABELS)


@pytest.fixture(scope="module")
def of_numbers():
    return regressor().fit(X, NUMBERS)


@pytest.fixture
def undecided(of_classes):
    """The search, without a threshold before and after."""
    yield of_classes.set_threshold(None)
    of_classes.set_threshold(None)


class TestPrice:
    def test_the_cost_is_the_mean_lead_over_the_folds(self, of_numbers):
        selected = of_numbers.select("interpretable", X, NUMBERS)
        price, search = selected.price_, of_numbers._fitted.search
        assert selected.best_genome_.startswith("ridge")
        scores = selected.nested_results_["score"].to_numpy()
        winner = np.array(search.origin.fold_scores)
        assert price.naive == pytest.approx(selected.best_score_)
        assert price.cost == pytest.approx(np.mean(winner - scores))
        # Nadeau and Bengio: test rows are half of the training rows with three folds.
        error = np.sqrt(np.var(winner - scores, ddof=1) * (1 / 3 + 1 / 2))
        assert price.cost_high - price.cost == pytest.approx(4.302653 * error)
        assert price.cost > 0
        assert price.score <= price.naive
        assert price.low < price.score < price.high <= 0  # a loss is never above 0

    def test_the_scores_of_what_predicts_are_those_of_the_honest_score(self, of_numbers):
        scores = of_numbers._fitted.search.origin.fold_scores
        assert len(of_numbers.members_) > 1
        assert np.mean(scores) == pytest.approx(of_numbers.honest_score_.naive, rel=1e-3)

    def test_what_the_search_chose_costs_nothing(self):
        search = classifier(ensemble_size=1, max_evaluations=4).fit(X, LABELS)
        best = search.select("best", X, LABELS)
        assert best.price_.cost == best.price_.cost_low == best.price_.cost_high == 0
        assert "predicts as well" in str(best.price_)

    def test_words_say_whether_it_may_be_chance(self, of_numbers):
        price = of_numbers.select("interpretable", X, NUMBERS).price_
        words = str(price)
        assert words.startswith(f"{price.metric} ")
        assert "on 3 shared folds" in words
        clear = str(replace(price, cost_low=0.01))
        assert "not by chance" in clear
        assert "may be chance" not in clear
        level = str(replace(price, cost_low=-0.01))
        assert "may be chance" in level
        assert "not by chance" not in level

    def test_it_is_saved_and_reported(self, of_numbers, tmp_path):
        selected = of_numbers.select("interpretable", X, NUMBERS)
        selected.save(tmp_path / "model")
        assert load(tmp_path / "model").price_ == selected.price_
        selected.report(tmp_path / "report.json")
        verdict = json.loads((tmp_path / "report.json").read_text())["verdict"]["sentences"]
        assert f"It was picked by hand: {selected.price_}" in verdict
        assert selected.honest_score_ is None
        assert of_numbers.price_ is None

    def test_of_one_fold_it_has_no_interval(self):
        rows = np.arange(N)
        search = classifier("gaussian_nb", max_evaluations=3, cv=[(rows[:100], rows[100:])])
        price = search.fit(X, LABELS).select(2, X, LABELS).price_
        assert price.low is price.cost_high is None
        assert "a single fold has no interval" in str(price)


class TestFitWinner:
    def test_it_is_a_clone_that_was_fitted(self, of_classes):
        before = of_classes.predict_proba(X)
        refitted = of_classes.fit_winner(NEW, LABELS)
        expected = clone(of_classes.ensemble_).fit(NEW, LABELS)
        np.testing.assert_allclose(refitted.predict_proba(X), expected.predict_proba(X))
        np.testing.assert_array_equal(of_classes.predict_proba(X), before)
        assert refitted.members_["pipeline"].tolist() == of_classes.members_["pipeline"].tolist()
        assert type(refitted) is AutoMLClassifier

    def test_on_the_same_rows_it_predicts_the_same(self, of_numbers):
        again = of_numbers.fit_winner(X, NUMBERS)
        np.testing.assert_allclose(again.predict(NEW), of_numbers.predict(NEW))

    def test_it_has_no_honest_score_and_says_so(self, of_numbers, tmp_path):
        refitted = of_numbers.fit_winner(NEW[:100], NUMBERS[:100])
        assert refitted.honest_score_ is None
        with pytest.raises(SettingsError, match="intervals need"):
            refitted.predict_interval(X)
        words = "It was fitted on 100 rows by fit_winner"
        assert words in refitted.script_.replace("\n# ", " ")
        refitted.report(tmp_path / "report.md")
        assert words in (tmp_path / "report.md").read_text()

    def test_it_is_saved_loaded_exported_and_fitted_once_more(self, of_classes, tmp_path):
        refitted = of_classes.fit_winner(NEW[::2], LABELS[::2])
        refitted.save(tmp_path / "model")
        loaded = load(tmp_path / "model")
        np.testing.assert_array_equal(loaded.predict_proba(X), refitted.predict_proba(X))
        assert loaded.script_ == refitted.script_
        assert f"N_ROWS = {N // 2}" in loaded.script_
        back = loaded.fit_winner(X, LABELS)
        np.testing.assert_allclose(back.predict_proba(X), of_classes.predict_proba(X))

    def test_weights_count(self, of_numbers):
        weights = np.where(np.arange(N) < 100, 1.0, 0.0)
        ridge = of_numbers.select("interpretable", X, NUMBERS)
        weighted = ridge.fit_winner(NEW, NUMBERS, sample_weight=weights)
        plain = ridge.fit_winner(NEW[:100], NUMBERS[:100])
        np.testing.assert_allclose(weighted.predict(X), plain.predict(X))
        assert "--weight" in weighted.script_
        assert "--weight" not in plain.script_

    def test_other_columns_are_refused(self, of_classes):
        with pytest.raises(DataError, match=r"expected the columns of fit, got none .*'a'"):
            of_classes.fit_winner(X.drop(columns="a"), LABELS)

    def test_other_classes_are_refused(self, of_classes):
        with pytest.raises(DataError, match=r"expected the classes of fit, .*'maybe'"):
            of_classes.fit_winner(X, LABELS.where(np.arange(N) > 9, "maybe"))
        with pytest.raises(DataError, match=r"got \['no'\]; rows of other classes"):
            of_classes.fit_winner(X[LABELS == "no"], LABELS[LABELS == "no"])

    def test_other_targets_are_refused(self, of_numbers):
        with pytest.raises(DataError, match=r"expected 1 target\(s\) as in fit, got 2"):
            of_numbers.fit_winner(X, np.column_stack([NUMBERS, NUMBERS]))

    def test_cells_that_cannot_be_read_are_refused(self, of_classes):
        with pytest.raises(DataError, match=r"none can be read: .*write them as in training"):
            of_classes.fit_winner(X.assign(a="many"), LABELS)

    def test_models_without_weights_are_refused(self, of_numbers):
        rank = int(of_numbers.leaderboard_["pipeline"].str.startswith("k_neigh").idxmax()) + 1
        neighbors = of_numbers.select(rank, X, NUMBERS)
        with pytest.raises(DataError, match="cannot be fitted on these rows"):
            neighbors.fit_winner(X, NUMBERS, sample_weight=np.ones(N))


class TestThreshold:
    def test_a_number_decides(self, undecided):
        probabilities = undecided.predict_proba(X)[:, 1]
        assert undecided.set_threshold(0.2) is undecided
        expected = np.where(probabilities >= 0.2, "yes", "no")
        np.testing.assert_array_equal(undecided.predict(X), expected)
        np.testing.assert_array_equal(undecided.predict_proba(X)[:, 1], probabilities)
        assert str(undecided.threshold_) == (
            "A row is of the class 'yes' from a probability of 0.2 on."
        )
        undecided.set_threshold(None)
        assert undecided.threshold_ is None
        half = np.where(probabilities > 0.5, "yes", "no")
        np.testing.assert_array_equal(undecided.predict(X), half)

    @pytest.mark.parametrize(
        ("score", "function"),
        [
            ("f1", lambda truth, labels: f1_score(truth, labels, pos_label="yes")),
            ("balanced_accuracy", balanced_accuracy_score),
        ],
    )
    def test_held_out_rows_choose_the_best(self, undecided, score, function):
        threshold = undecided.set_threshold(score).threshold_
        rows = undecided._fitted.held_out
        truth = np.array(["no", "yes"])[rows.target.astype(int)]

        def at(value):
            return function(truth, np.where(rows.predictions[:, 1] >= value, "yes", "no"))

        best = max(at(value) for value in np.unique(rows.predictions[:, 1]))
        assert at(threshold.value) == pytest.approx(best)
        assert threshold.at_half == pytest.approx(at(0.5))
        assert threshold.value < 0.5
        assert threshold.score <= best  # judged by rows that had no part in it
        assert f"chose that for {score}" in str(threshold)

    def test_nothing_is_fitted(self, undecided):
        members = [id(step) for _, step in undecided.best_pipeline_.steps]
        undecided.set_threshold("f1")
        assert [id(step) for _, step in undecided.best_pipeline_.steps] == members

    def test_it_is_saved_exported_and_refitted(self, undecided, tmp_path):
        undecided.set_threshold("f1").save(tmp_path / "model")
        loaded = load(tmp_path / "model")
        assert loaded.threshold_ == undecided.threshold_
        np.testing.assert_array_equal(loaded.predict(X), undecided.predict(X))
        assert loaded.script_ == undecided.script_
        names = {"__name__": "script"}
        exec(compile(undecided.script_, "script", "exec"), names)
        scripted = names["build_pipeline"]().fit(X, LABELS)
        np.testing.assert_array_equal(scripted.predict(X), undecided.predict(X))
        cloned = clone(undecided.ensemble_).fit(X, LABELS)
        np.testing.assert_array_equal(cloned.predict(X), undecided.predict(X))
        refitted = undecided.fit_winner(X, LABELS)
        np.testing.assert_array_equal(refitted.predict(X), undecided.predict(X))

    def test_the_report_keeps_to_it(self, undecided, tmp_path):
        undecided.set_threshold(0.0).report(tmp_path / "report.json")
        facts = json.loads((tmp_path / "report.json").read_text())
        assert str(undecided.threshold_) in facts["verdict"]["sentences"]
        matrix = next(view for view in facts["held_out"] if view["title"] == "Confusion matrix")
        assert all(row[1] in (0, "0") for row in matrix["table"]["rows"])

    def test_a_score_of_labels_is_no_more_that_of_the_search(self, undecided):
        assert undecided.set_threshold(0.2).honest_score_ is not None  # ROC AUC has no threshold
        search = classifier("gaussian_nb", scoring="accuracy", max_evaluations=3).fit(X, LABELS)
        assert search.honest_score_ is not None
        assert search.set_threshold(0.2).honest_score_ is None
        assert "The accuracy of the search is without" in search.script_.replace("\n# ", " ")
        assert search.set_threshold(None).honest_score_ is not None

    def test_a_loaded_model_takes_a_number_only(self, undecided, tmp_path):
        undecided.save(tmp_path / "model")
        loaded = load(tmp_path / "model")
        with pytest.raises(SettingsError, match=r"no held-out rows .* give a number"):
            loaded.set_threshold("f1")
        assert set(loaded.set_threshold(1.0).predict(X)) == {"no"}

    @pytest.mark.parametrize("value", [-0.1, 1.5, True, float("nan"), [0.3], np.array([0.1, 0.2])])
    def test_what_is_no_threshold_is_refused(self, undecided, value):
        with pytest.raises(SettingsError, match="expected a threshold between 0 and 1 or a score"):
            undecided.set_threshold(value)
        assert undecided.threshold_ is None

    def test_other_scores_are_refused(self, undecided):
        with pytest.raises(SettingsError, match=r"expected a score of .*balanced_accuracy"):
            undecided.set_threshold("roc_auc")

    def test_there_have_to_be_two_classes(self, of_numbers):
        with pytest.raises(SettingsError, match=r"expected two classes .* got numbers"):
            of_numbers.set_threshold(0.3)
        three = np.where(NUMBERS > 1, "high", np.where(NUMBERS > 0, "middle", "low"))
        search = classifier("gaussian_nb", max_evaluations=2).fit(X, three)
        with pytest.raises(SettingsError, match=r"expected two classes .* got 3 classes"):
            search.set_threshold("f1")

    def test_weights_are_refused(self):
        weighted = classifier("gaussian_nb", max_evaluations=2)
        weighted.fit(X, LABELS, sample_weight=np.ones(N))
        with pytest.raises(SettingsError, match="cannot be set with sample_weight"):
            weighted.set_threshold(0.3)

    @pytest.mark.slow
    def test_what_the_search_tuned_takes_a_number_only(self):
        folds = NestedCV(outer=2, repeats=1, tuner=None)
        options = {"scoring": TunedThreshold("f1"), "max_evaluations": 2, "cv": folds}
        search = classifier("gaussian_nb", **options).fit(X, LABELS)
        with pytest.raises(SettingsError, match="tuned a threshold itself"):
            search.set_threshold("f1")
        assert set(search.set_threshold(0.0).predict(X)) == {"yes"}

    @pytest.mark.parametrize("score", THRESHOLD_SCORES)
    @pytest.mark.parametrize("labels", [["no", "yes"], [0, 1], [1, 2]], ids=str)
    def test_scores_are_those_of_scikit_learn(self, score, labels):
        rng, classes = np.random.default_rng(1), np.array(labels)
        truth = rng.integers(0, 2, 60)
        scores = np.clip(rng.normal(0.3 + 0.2 * truth, 0.2), 0, 1).astype(np.float32)
        weights = rng.uniform(0.5, 2, 60)
        rows = HeldOutRows(truth.astype(float), np.column_stack([1 - scores, scores]), weights)
        threshold = threshold_of(score, classes, rows, has_probabilities=True)
        metric = resolve_metric(score, "classification", labels)

        def at(value):
            decided = np.column_stack([scores < value, scores >= value]).astype(float)
            return RowValues(metric, classes).score(classes[truth], decided, weights)

        assert threshold.at_half == pytest.approx(at(0.5))
        assert at(threshold.value) == pytest.approx(max(map(at, [0, *(scores + 1e-6)])))

    def test_equal_probabilities_give_none(self):
        rows = HeldOutRows(np.array([0.0, 1.0] * 9), np.full((18, 2), 0.5, dtype=np.float32), None)
        with pytest.raises(SettingsError, match=r"all held-out rows have the probability 0.5"):
            threshold_of("f1", np.array(["no", "yes"]), rows, has_probabilities=True)
