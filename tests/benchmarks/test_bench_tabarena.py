"""The system for TabArena, run as TabArena runs it, by stand-ins for the classes that it meets.

TabArena cannot be installed here: its AutoGluon needs pandas 2. The stand-ins were written after
its files of August 2026 (of packages/tabarena/src/tabarena: benchmark/exec_models/base.py,
external.py and utils.py, benchmark/experiment/bundle.py, experiment_constructor.py,
experiment_runner.py and experiment_utils.py, contexts/abstract_arena_context.py,
utils/config_utils.py), and after the label cleaner of AutoGluon 1.6. They have the same names,
signatures and order of calls.
"""

import sys
from importlib import import_module
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris
from sklearn.metrics import get_scorer_names, log_loss, roc_auc_score
from sklearn.model_selection import train_test_split

# Few pipelines on one core: what a search finds is not the subject here.
FEW = {"max_evaluations": 2, "cv": 2, "n_jobs": 1}
SECONDS = 600

STAND_INS = {
    "tabarena/__init__.py": "",
    "tabarena/benchmark/__init__.py": "",
    "tabarena/utils/__init__.py": "",
    "tabarena/benchmark/exec_models.py": """
import numpy as np
import pandas as pd

class ValidationMetadata:
    target_name = None

    def get_target_name(self):
        return self.target_name or "__label__"

class AbstractExecModel:
    can_get_error_val = False
    can_get_oof = False

    def __init__(self, problem_type, eval_metric, *, validation_metadata=None, **kwargs):
        self.shuffle_features = kwargs.pop("shuffle_features", False)
        super().__init__(**kwargs)
        self.problem_type = problem_type
        self.eval_metric = eval_metric
        self.validation_metadata = validation_metadata or ValidationMetadata()
        self._can_use_data_in_place = False
        self._split_seed = "NOTSET"

    @property
    def warmup_fn(self):
        return None

    def fit_custom(self, X, y, X_test, *, split_seed=None, lazy_load_function=None):
        self._split_seed = split_seed
        self._fit(X=X, y=y, X_val=None, y_val=None)
        permutation = np.random.default_rng(0).permutation(len(X_test))
        back = np.argsort(permutation)
        shuffled = X_test.iloc[permutation].reset_index(drop=True)
        probabilities = None
        if self.problem_type in ["binary", "multiclass"]:
            probabilities = self._predict_proba(X=shuffled)
            assert probabilities.index.equals(shuffled.index)
            predictions = probabilities.idxmax(axis=1)
            probabilities = pd.DataFrame(probabilities.to_numpy()[back, :], index=X_test.index,
                                         columns=probabilities.columns)
        else:
            predictions = self._predict(shuffled)
        assert predictions.index.equals(shuffled.index)
        predictions = pd.Series(predictions.to_numpy()[back], index=X_test.index)
        return {"predictions": predictions, "probabilities": probabilities}

    def cleanup(self):
        pass

class ExternalSystemModel(AbstractExecModel):
    def __init__(self, *, fit_kwargs=None, **kwargs):
        super().__init__(**kwargs)
        fit_kwargs = fit_kwargs or {}
        self.num_cpus = fit_kwargs.get("num_cpus")
        self.num_gpus = fit_kwargs.get("num_gpus")
        self.memory_limit = fit_kwargs.get("memory_limit")
        self.time_limit = fit_kwargs.get("time_limit")

    def _fit(self, X, y, **kwargs):
        X = X if self._can_use_data_in_place else X.copy()
        random_state = self._split_seed if isinstance(self._split_seed, int) else None
        return self._fit_system(
            X, y, target_name=self.validation_metadata.get_target_name(),
            problem_type=self.problem_type, eval_metric=self.eval_metric,
            validation_metadata=self.validation_metadata, num_cpus=self.num_cpus,
            num_gpus=self.num_gpus, memory_limit=self.memory_limit, time_limit=self.time_limit,
            random_state=random_state)
""",
    "tabarena/utils/config_utils.py": """
class SystemConfigGenerator:
    def __init__(self, model_cls, name, search_space=None, manual_configs=None):
        assert name
        self.model_cls, self.name, self.manual_configs = model_cls, name, manual_configs
""",
    "tabarena/benchmark/experiment.py": """
from types import SimpleNamespace

class TabArenaV0pt1ExperimentBundle:
    def __init__(self, *, models, system_experiments=False):
        assert system_experiments
        self.models = models

    def build_experiments(self, *, time_limit=None, num_cpus=None, num_gpus=None,
                          memory_limit=None, time_limit_with_preprocessing=False):
        fit_kwargs = {"num_cpus": num_cpus, "num_gpus": num_gpus, "memory_limit": memory_limit,
                      "time_limit": time_limit}
        return [
            SimpleNamespace(
                name=f"{generator.name}_c{number}_default", method_cls=generator.model_cls,
                method_kwargs={**config, "shuffle_features": False, "fit_kwargs": fit_kwargs})
            for generator, _ in self.models
            for number, config in enumerate(generator.manual_configs, start=1)
        ]
""",
    "tabarena/contexts.py": """
import pandas as pd

class TabArenaContext:
    calls = []
    results = [{"framework": "AutoMLGP"}]

    def build_jobs(self, experiments, *, task_subset=None, pre_materialize=False, **kwargs):
        assert set(task_subset) <= {"subset", "dataset_names"} and not kwargs
        self.calls.append(("build", experiments, task_subset))
        return [*experiments, *experiments]

    def run_jobs(self, jobs, *, expname=None, register=True, new_result_prefix=None,
                 debug_mode=False, raise_on_failure=True):
        self.calls.append(("run", expname, register, raise_on_failure))
        return self.results

    def register(self, results, *, new_result_prefix=None, scope_to_valid_tasks=True):
        self.calls.append(("register", results))

    def compare(self, output_dir, *, new_results=None, subset=None):
        output_dir.mkdir(parents=True)
        return pd.DataFrame({"method": ["AutoMLGP", "RF (default)"], "elo": [1200.0, 1000.0]})

    def leaderboard_to_website_format(self, leaderboard, **kwargs):
        return leaderboard.rename(columns={"method": "Model", "elo": "Elo"})
""",
}


@pytest.fixture(scope="module")
def tabarena(tmp_path_factory):
    """Make the stand-ins importable, and forget afterwards what was imported with them."""
    root = tmp_path_factory.mktemp("tabarena")
    for name, source in STAND_INS.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(root)
        yield root
    for name in list(sys.modules):
        if name.split(".")[0] == "tabarena" or name.startswith("benchmarks.tabarena."):
            del sys.modules[name]


@pytest.fixture(scope="module")
def system(tabarena):
    return import_module("benchmarks.tabarena.system")


@pytest.fixture
def run(tabarena, monkeypatch):
    module = import_module("benchmarks.tabarena.run")
    monkeypatch.setattr(module.TabArenaContext, "calls", [])
    return module


@pytest.fixture
def make_model(system):
    """Return a function that makes the system as TabArena's runner does."""
    models = []

    def make(problem, metric, settings=FEW, python=sys.executable, **limits):
        models.append(
            system.AutoMLSystem(
                problem_type=problem,
                eval_metric=SimpleNamespace(name=metric),
                python=python,
                settings=settings,
                shuffle_features=False,
                fit_kwargs={"num_cpus": 2, "num_gpus": 0, "memory_limit": 8} | limits,
            )
        )
        return models[-1]

    yield make
    for model in models:
        model.cleanup()


@pytest.fixture(scope="module")
def process(system):
    """Return one process for all searches: Python and its workers take seconds to start."""
    process = system.SearchProcess(sys.executable)
    yield process
    process.close()
    assert process._process.returncode == 0
    assert not process.folder.exists()


@pytest.fixture
def shared(process, system, monkeypatch):
    monkeypatch.setattr(process, "close", lambda: None)
    monkeypatch.setattr(system, "SearchProcess", lambda python: process)


def fit_custom(model, X, y, seed=3):
    """Fit and predict the rows of a test, whose index is no range."""
    X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
    model.warmup_fn()
    return model.fit_custom(X_train, y_train, X_test, split_seed=seed), y_test


@pytest.mark.slow
def test_binary(shared, make_model):
    X, numbers = load_breast_cancer(as_frame=True, return_X_y=True)
    X["size"] = pd.Categorical(np.where(X["mean radius"] > 14, "large", "small"))
    # Categories in another order than that of the texts, which AutoGluon takes.
    y = numbers.map({0: "yes", 1: "no"}).astype(pd.CategoricalDtype(["yes", "no"]))
    outcome, y_test = fit_custom(
        make_model("binary", "roc_auc", time_limit=SECONDS), X.iloc[:, 20:], y
    )

    probabilities = outcome["probabilities"]
    assert list(probabilities) == ["no", "yes"]
    assert probabilities.index.equals(y_test.index)
    assert np.allclose(probabilities.sum(axis="columns"), 1)
    # AutoGluon's cleaner of labels takes the second column for the second label by position.
    assert roc_auc_score(y_test == "yes", probabilities.iloc[:, 1]) > 0.9
    assert outcome["predictions"].index.equals(y_test.index)
    assert set(outcome["predictions"]) == {"no", "yes"}


@pytest.mark.slow
def test_multiclass(shared, make_model):
    X, y = load_iris(as_frame=True, return_X_y=True)
    X.columns = range(4)  # names that Parquet would refuse
    y = y.map({0: 10, 1: 9, 2: 30})
    model = make_model("multiclass", "log_loss", time_limit=SECONDS)
    outcome, y_test = fit_custom(model, X, y)

    probabilities = outcome["probabilities"]
    assert list(probabilities) == [9, 10, 30]
    assert probabilities.index.equals(y_test.index)
    assert log_loss(y_test, probabilities, labels=[9, 10, 30]) < 0.7
    assert (outcome["predictions"] == y_test).mean() > 0.85
    assert list(X) == list(range(4))


@pytest.mark.slow
def test_regression(shared, make_model):
    X, y = load_diabetes(as_frame=True, return_X_y=True)
    model = make_model("regression", "root_mean_squared_error", time_limit=SECONDS)
    outcome, y_test = fit_custom(model, X, y.astype("Int64"))
    assert outcome["probabilities"] is None
    assert outcome["predictions"].index.equals(y_test.index)
    assert ((outcome["predictions"] - y_test) ** 2).mean() < 0.9 * y_test.var()


class Recorder:
    """A process of a search that keeps what it is asked for."""

    def __init__(self, python):
        self.python = python
        self.closed = False

    def fit(self, X, y, problem, target, settings):
        self.fitted = SimpleNamespace(y=y, problem=problem, target=target, settings=settings)

    def close(self):
        self.closed = True


@pytest.fixture
def recorded(system, monkeypatch):
    monkeypatch.setattr(system, "SearchProcess", Recorder)


FRAME = pd.DataFrame({"a": [1.0, 2.0, 3.0, 4.0]}, index=[7, 5, 3, 1])


def test_limits_reach_the_search(make_model, recorded):
    model = make_model("binary", "roc_auc", settings=None, python="python3.11", time_limit=60)
    y = pd.Series([True, False, True, True], index=FRAME.index)
    model.validation_metadata.target_name = "class"
    model._split_seed = 4
    assert model._fit(FRAME, y) is model
    assert model._process.python == "python3.11"
    asked = model._process.fitted
    assert (asked.problem, asked.target, list(asked.y)) == ("binary", "class", [1, 0, 1, 1])
    assert asked.settings == {
        "scoring": "roc_auc",
        "time_budget": 60,
        "n_jobs": 2,
        "random_state": 4,
        "verbose": 0,
    }


def test_own_settings_and_no_limits(make_model, recorded):
    model = make_model("regression", "r2", settings={"strategy": "random"}, num_cpus=None)
    model._fit(FRAME, FRAME["a"])
    asked = model._process.fitted
    assert (asked.target, list(asked.y)) == ("__label__", [1.0, 2.0, 3.0, 4.0])
    assert asked.settings == {
        "scoring": "r2",
        "n_jobs": -1,
        "random_state": 0,
        "verbose": 0,
        "strategy": "random",
    }


def test_unknown_metrics_are_refused(make_model, recorded, system):
    model = make_model("multiclass", "quadratic_kappa")
    with pytest.raises(ValueError, match="'quadratic_kappa' is no metric for multiclass problems"):
        model._fit(FRAME, pd.Series(list("abca"), index=FRAME.index))
    with pytest.raises(ValueError, match=r"expected a problem out of .*, got 'quantile'"):
        system.find_scoring("pinball_loss", "quantile")


def test_scorings_exist(system):
    names = {name for scorings in system.SCORINGS.values() for name in scorings.values()}
    assert names <= set(get_scorer_names())


def test_labels_without_an_order(system):
    assert system.sort_labels(pd.Series(["b", 1, "b"], dtype=object)) == ["b", 1]
    assert system.sort_labels(pd.Series(["b", "a"], dtype="category")) == ["a", "b"]


@pytest.mark.slow
def test_errors_of_the_search_reach_tabarena(shared, make_model):
    model = make_model("binary", "roc_auc", settings={"strategy": "guessing"})
    with pytest.raises(RuntimeError, match=r"(?s)the search failed:.*'guessing'"):
        fit_custom(model, FRAME, pd.Series([0, 1, 0, 1], index=FRAME.index))
    assert model._process is None


def test_a_process_that_ends(make_model):
    model = make_model("binary", "roc_auc", python="false")
    with pytest.raises(RuntimeError, match="the process of the search ended with status 1"):
        model._fit(FRAME, pd.Series([0, 1, 0, 1], index=FRAME.index))
    assert model._process is None


def test_run(run, tmp_path, capsys):
    run.main(["--python", "python3.11", "--sets", "anneal,blood", "--output", str(tmp_path)])
    (_, [experiment], subset), running, registered = run.TabArenaContext.calls
    assert experiment.name == "AutoMLGP_3600s_8c_c1_default"
    assert experiment.method_kwargs["python"] == "python3.11"
    assert experiment.method_kwargs["fit_kwargs"] == {
        "num_cpus": 8,
        "num_gpus": 0,
        "memory_limit": None,
        "time_limit": 3600,
    }
    assert subset == {"subset": "lite", "dataset_names": ["anneal", "blood"]}
    assert running == ("run", str(tmp_path / "runs"), False, False)
    assert registered == ("register", run.TabArenaContext.results)
    out = capsys.readouterr().out
    assert "1 of 2 splits have results" in out
    assert "RF (default)" in out
    assert list(pd.read_csv(tmp_path / "leaderboard.csv")) == ["Model", "Elo"]


def test_run_without_results(run, tmp_path, monkeypatch):
    monkeypatch.setattr(run.TabArenaContext, "results", [])
    options = ["--python", "p", "--splits", "all", "--seconds", "60", "--cores", "2"]
    with pytest.raises(SystemExit, match="no split has a result"):
        run.main([*options, "--output", str(tmp_path)])
    (_, [experiment], subset), _ = run.TabArenaContext.calls
    assert experiment.name == "AutoMLGP_60s_2c_c1_default"
    assert experiment.method_kwargs["fit_kwargs"]["time_limit"] == 60
    assert subset == {"subset": None, "dataset_names": None}
