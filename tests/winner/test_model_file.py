"""A fitted estimator in a file: what is written, what is let in, and what messages say."""

import io
import json
import stat
import sys
import types
import warnings
import zipfile
from dataclasses import replace
from importlib import metadata

import numpy as np
import pandas as pd
import pytest
import skops.io
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline

from automl import FileError, SettingsError, catalogue
from automl.pipelines import Columns, Operator, Prediction, Scaled
from automl.pipelines.building.build import make
from automl.report import structure_table
from automl.search.result import Run
from automl.winner import archive
from automl.winner.archive import FACTS, PIPELINES, pack
from automl.winner.digests import digests
from automl.winner.fitted import Fitted, Names, SearchRecord
from automl.winner.model_file import FORMAT, read_model, write_model
from automl.winner.packages import (
    Package,
    differences,
    missing_module,
    package_of,
    packages_of,
)
from automl.winner.script_facts import ScriptFacts

X = pd.DataFrame(np.arange(8.0).reshape(4, 2), columns=["0", "1"])
COLUMNS = Columns(numeric=("0", "1"))
SHIPPED = catalogue("linear")
DEFAULTS = {"regression": {"verbose": 1}, "classification": {"verbose": 1}}


class Kept:
    """An object that an estimator keeps."""


class Keeper(RegressorMixin, BaseEstimator):
    """An estimator that keeps an object."""

    def __init__(self, make=Kept):
        self.make = make

    def fit(self, X, y):
        self.kept_ = [{"deep": self.make()}]
        self.mean_ = float(np.mean(y))
        return self

    def predict(self, X):
        return np.full(len(X), self.mean_)


MODULE = Keeper.__module__
KEEPER = Operator(
    name="keeper", path=f"{MODULE}.Keeper", takes=Scaled, gives=Prediction, tasks=("regression",)
)


def fitted(model, text, operators=SHIPPED):
    row = {"score": 0.5, "pipeline": text, "fit_seconds": 0.1}
    board = {"rank": 1, "deviation": 0.1, "state": "done", "folds": 1, "size": 1}
    order = "rank score deviation state folds size fit_seconds predict_seconds pipeline cause"
    leaderboard = pd.DataFrame([{**row, **board, "predict_seconds": 0.1, "cause": ""}])
    nested = pd.DataFrame([{"fold": 0, **row, "inner_score": None, "rounds": None}])
    columns = ["fold", "score", "inner_score", "pipeline", "rounds", "fit_seconds"]
    name = text.partition("(")[0]
    return Fitted(
        task="regression",
        pipelines=(make_pipeline(make(COLUMNS.reader()), model).fit(X, X["0"]),),
        catalogue=operators,
        classes=None,
        metric="r2",
        best_score=0.5,
        best_genome=text,
        honest_score=None,
        residuals=np.empty(0),
        members=pd.DataFrame({"weight": [1.0], "score": [0.5], "pipeline": [text]}),
        structure=structure_table([]),
        nested_results=nested[columns],
        columns=COLUMNS,
        names=Names(columns=("0", "1"), has_names=False, target="target"),
        script=ScriptFacts(
            operators=digests([operators[name]]),
            names=(name,),
            rounds=(None,),
            rescaling=None,
            seed=0,
            quantile=None,
            tunes_threshold=False,
            bags=None,
            is_weighted=False,
            n_learnt=None,
            n_rows=4,
            check_rows=(0, 3),
            check_values=((0.0,), (6.0,)),
            tuner=None,
            trials=20,
        ),
        search=SearchRecord(
            leaderboard=leaderboard[order.split()],
            ablation=pd.DataFrame(columns=["step", "worth", "error", "dropped", "pipeline"]),
            run=Run(1.0, None, 1, 1, 1.0, 1),
        ),
    )


RIDGE = fitted(Ridge(), "ridge(numeric)")


@pytest.fixture
def path(tmp_path):
    write_model(tmp_path / "model", RIDGE, {"verbose": 0})
    return tmp_path / "model"


def parts(path):
    """The facts and the pipelines of a model file."""
    with zipfile.ZipFile(path) as file:
        return json.loads(file.read(FACTS)), file.read(PIPELINES)


def rewrite(path, change):
    """Change the JSON of a model file."""
    facts, pipelines = parts(path)
    change(facts)
    path.write_bytes(pack(json.dumps(facts).encode(), pipelines))


def test_a_model_comes_back(path):
    model = read_model(path, SHIPPED, DEFAULTS)
    np.testing.assert_array_equal(model.fitted.predictor.predict(X), RIDGE.predictor.predict(X))
    assert model.parameters == {"verbose": 0}
    assert model.omitted == {}


def test_a_file_states_versions(path):
    with zipfile.ZipFile(path) as file:
        packages = {
            package["name"]: package for package in json.loads(file.read(FACTS))["packages"]
        }
    assert {"automl-gp", "scikit-learn", "numpy", "pandas", "skops"} <= set(packages)
    for package in packages.values():
        assert package["version"] == metadata.version(package["name"])


def test_a_type_that_an_operator_names_is_let_in(tmp_path):
    operators = SHIPPED.with_operator(replace(KEEPER, parts=(f"{MODULE}.Kept",)))
    path = tmp_path / "model"
    write_model(path, fitted(Keeper(), "keeper(numeric)", operators), {"verbose": 0})
    model = read_model(path, operators, DEFAULTS)
    assert isinstance(model.fitted.predictor[-1].kept_[0]["deep"], Kept)
    with pytest.raises(FileError, match=rf"types that no operator names: .*{MODULE}.Kept.*catalog"):
        read_model(path, SHIPPED, DEFAULTS)


def test_a_type_that_no_operator_names_is_not_written(tmp_path):
    (tmp_path / "model").write_text("before")
    unsavable = fitted(Keeper(), "keeper(numeric)", SHIPPED.with_operator(KEEPER))
    with pytest.raises(SettingsError) as caught:
        write_model(tmp_path / "model", unsavable, {})
    message = str(caught.value)
    assert f"the operator 'keeper' holds a {MODULE}.Kept" in message
    assert f"add parts=('{MODULE}.Kept',)" in message
    assert (tmp_path / "model").read_text() == "before"


def test_a_type_that_cannot_be_imported_is_not_written(tmp_path):
    class Inner:
        pass

    keeper = Keeper()
    unsavable = fitted(keeper, "keeper(numeric)", SHIPPED.with_operator(KEEPER))
    unsavable.predictor[-1].kept_ = Inner()
    with pytest.raises(SettingsError, match=r"Inner, .* define it at the top of a module"):
        write_model(tmp_path / "model", unsavable, {})


def test_a_type_beside_the_operators_is_not_written(tmp_path):
    ridge = fitted(Ridge(), "ridge(numeric)")
    ridge.predictor.note = Kept()
    with pytest.raises(SettingsError, match=r"an operator holds a .*Kept"):
        write_model(tmp_path / "model", ridge, {})


def test_what_needs_pickle_is_not_written(tmp_path):
    ridge = fitted(Ridge(), "ridge(numeric)")
    ridge.predictor.note = (number for number in range(3))
    with pytest.raises(SettingsError, match="cannot be written without pickle"):
        write_model(tmp_path / "model", ridge, {})
    assert not list(tmp_path.iterdir())


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(FileError, match="expected the path of a file"):
        write_model(tmp_path, RIDGE, {})


def test_types_of_a_stranger_are_not_let_in(path):
    hostile = {"pipelines": [make_pipeline(Ridge(), Keeper())], "classes": None}
    facts, _ = parts(path)
    path.write_bytes(pack(json.dumps(facts).encode(), skops.io.dumps(hostile)))
    with pytest.raises(FileError, match=rf"{MODULE}\.Keep.*do not trust the file"):
        read_model(path, SHIPPED, DEFAULTS)
    facts["types"] = skops.io.get_untrusted_types(data=skops.io.dumps(hostile))
    path.write_bytes(pack(json.dumps(facts).encode(), skops.io.dumps(hostile)))
    with pytest.raises(FileError, match=rf"{MODULE}\.Keep.*do not trust the file"):
        read_model(path, SHIPPED, DEFAULTS)


def test_another_format_is_refused(path):
    rewrite(path, lambda facts: facts.update(format=FORMAT - 1))
    with pytest.raises(FileError, match=rf"format {FORMAT - 1}, .* format {FORMAT}; fit and save"):
        read_model(path, SHIPPED, DEFAULTS)
    rewrite(path, lambda facts: facts.pop("format"))
    with pytest.raises(FileError, match="format None"):
        read_model(path, SHIPPED, DEFAULTS)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda facts: facts.pop("fitted"), r"expected \['fitted'\] in the model"),
        (lambda facts: facts.update(more=1), r"\['more'\] besides"),
        (lambda facts: facts["fitted"].pop("metric"), r"expected \['metric'\] in the facts"),
        (lambda facts: facts["fitted"].update(metric=3), r"expected str as the facts\.metric"),
        (lambda facts: facts["fitted"]["search"].update(axes=["size"] * 2), "different axes"),
        (lambda facts: facts["fitted"]["search"].update(axes=["rank"]), "axes that are scores or"),
        (lambda facts: facts["fitted"]["search"].update(axes=["f1"]), "'deviation', 'f1', 'state'"),
        (lambda facts: facts["fitted"]["search"].update(axes="size"), "search.axes, got 'size'"),
        (lambda facts: facts["fitted"].update(task="ranking"), "classification.*'ranking'"),
        (lambda facts: facts["parameters"]["values"].clear(), r"expected \['verbose'\] among"),
        (lambda facts: facts.update(packages=[{"module": 3}]), "in the model.packages"),
    ],
)
def test_other_facts_are_refused(path, change, message):
    rewrite(path, change)
    with pytest.raises(FileError, match=message) as caught:
        read_model(path, SHIPPED, DEFAULTS)
    assert str(path) in str(caught.value)


def test_versions_that_differ_are_named_where_loading_fails(path):
    def change(facts):
        facts["packages"] = [
            {"module": "sklearn", "name": "scikit-learn", "version": "0.1"},
            {"module": "numpy", "name": "numpy", "version": np.__version__},
        ]

    rewrite(path, change)
    assert read_model(path, SHIPPED, DEFAULTS).parameters == {"verbose": 0}
    rewrite(path, lambda facts: facts["fitted"].update(metric=3))
    with pytest.raises(FileError) as caught:
        read_model(path, SHIPPED, DEFAULTS)
    assert "saved with scikit-learn 0.1 (installed: 1." in str(caught.value)
    assert "numpy" not in str(caught.value)


def test_a_package_may_have_another_distribution(monkeypatch):
    monkeypatch.setattr(
        "automl.winner.packages.installed_version", {"xgboost-cpu": "2.1", "": None}.get
    )
    assert package_of("xgboost") == Package("xgboost", "xgboost-cpu", "2.1")


def test_only_packages_of_the_project_are_recommended(path):
    def needs(module):
        package = {"module": module, "name": module, "version": "1.0"}
        rewrite(path, lambda facts: facts.update(packages=[package]))
        with pytest.raises(FileError) as caught:
            read_model(path, SHIPPED, DEFAULTS)
        return str(caught.value)

    message = needs("no_such_module_at_all")
    assert "needs the module 'no_such_module_at_all'" in message
    assert "pip" not in message


def test_nothing_is_imported_to_see_whether_it_is_there(tmp_path, monkeypatch):
    (tmp_path / "trap").mkdir()
    (tmp_path / "trap" / "__init__.py").write_text("raise SystemExit('imported')")
    monkeypatch.syspath_prepend(tmp_path)
    assert missing_module([Package("trap.inner", None, None)]) is None
    assert missing_module([Package("absent.inner", None, None)]) == "absent"


def test_packages_are_those_of_the_types(monkeypatch):
    own = types.ModuleType("own_module_of_a_test")
    monkeypatch.setitem(sys.modules, own.__name__, own)
    packages = packages_of(
        ["xgboost.core.Booster", "own_module_of_a_test.Own", "__main__.A", "functools.partial"]
    )
    by_module = {package.module: package for package in packages}
    assert "functools" not in by_module
    assert "__main__" not in by_module
    assert by_module["xgboost"].version
    assert by_module["own_module_of_a_test"] == Package("own_module_of_a_test", None, None)
    assert missing_module(packages) is None
    assert differences(packages) == ""
    older = [replace(package, version="0.0.1") for package in packages if package.version]
    assert "xgboost 0.0.1 (installed: " in differences(older)


@pytest.mark.parametrize("offset", [6, 8, 10])
def test_a_broken_zip_is_a_file_error(path, offset):
    """Flags, methods and sizes that are changed raise errors of many kinds in zipfile."""
    content = bytearray(path.read_bytes())
    place = content.rindex(b"PK\x01\x02")  # the entry of the pipelines, which were added last
    content[place + offset] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(FileError, match="model"):
        read_model(path, SHIPPED, DEFAULTS)


@pytest.mark.parametrize(
    "text", ["[" * 100_000, "", "nonsense", "[]", "null", '{"format": 1e999}', "9" * 5000]
)
def test_facts_that_are_no_facts_are_a_file_error(path, text):
    path.write_bytes(pack(text.encode(), parts(path)[1]))
    with pytest.raises(FileError, match="model"):
        read_model(path, SHIPPED, DEFAULTS)


def archived(members, **options):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", **options) as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of names that come twice
        for name, part in members:
            file.writestr(name, part)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ([], "expected the members"),
        ([FACTS], "expected the members"),
        ([PIPELINES, FACTS], "expected the members"),
        ([FACTS, PIPELINES, PIPELINES], "expected the members"),
        ([FACTS, PIPELINES, "../escape"], "expected the members"),
    ],
)
def test_a_file_has_two_members(path, members, message):
    facts, pipelines = parts(path)
    content = {FACTS: json.dumps(facts), PIPELINES: pipelines}
    path.write_bytes(archived([(name, content.get(name, b"")) for name in members]))
    with pytest.raises(FileError, match=message):
        read_model(path, SHIPPED, DEFAULTS)


BOMB = archived([("data", bytes(10**7))], compression=zipfile.ZIP_DEFLATED)


@pytest.mark.parametrize(
    ("pipelines", "message"),
    [
        (archived([("a", "1"), ("a", "2")]), "two members of one name"),
        (archived([("a", "1")], compression=zipfile.ZIP_DEFLATED), "compressed in another way"),
        (archived([("1.npz", archived([("a", "1")], compression=zipfile.ZIP_LZMA))]), "another"),
        (archived([("1.npz", BOMB)]), "it unpacks to"),
        (archived([("1.npz", b"PK")]), "BadZipFile"),
        (archived([("schema.json", "[" * 10**5)]), "RecursionError"),
        (archived([("schema.json", "{}")]), "cannot be loaded"),
        (b"PK", "BadZipFile"),
    ],
)
def test_pipelines_are_an_archive_that_skops_wrote(path, monkeypatch, pipelines, message):
    monkeypatch.setattr(archive, "LEAST_BYTES", 10**6)
    path.write_bytes(archived([(FACTS, json.dumps(parts(path)[0])), (PIPELINES, pipelines)]))
    with pytest.raises(FileError, match=message):
        read_model(path, SHIPPED, DEFAULTS)


def test_a_member_that_unpacks_to_anything_is_not_read(path, monkeypatch):
    monkeypatch.setattr(archive, "LEAST_BYTES", 10**5)
    content = archived([(FACTS, b" " * 10**6), (PIPELINES, b"")], compression=zipfile.ZIP_DEFLATED)
    path.write_bytes(content)
    with pytest.raises(FileError, match="it unpacks to 1,000,000 bytes, but "):
        read_model(path, SHIPPED, DEFAULTS)
    # A size that is a lie lets in no byte more than it says.
    path.write_bytes(content.replace((10**6).to_bytes(4, "little"), (10).to_bytes(4, "little")))
    with pytest.raises(FileError, match="BadZipFile"):
        read_model(path, SHIPPED, DEFAULTS)


def test_what_is_small_when_compressed_is_not_compressed(monkeypatch):
    monkeypatch.setattr(archive, "LEAST_BYTES", 0)
    pipelines = archived([("zeros", bytes(10**6))])
    content = pack(b"{}", pipelines)
    assert len(content) > 10**6
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        assert file.read(PIPELINES) == pipelines


HEADERS = {
    "huge": "{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000000,), }",
    "objects": "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }",
    "nonsense": "{'descr': __import__('os'), }",
}


@pytest.mark.parametrize("header", HEADERS)
def test_arrays_of_strange_headers_are_not_read(path, header):
    """An array of objects would be unpickled."""
    facts, pipelines = parts(path)
    with zipfile.ZipFile(io.BytesIO(pipelines)) as file:
        members = [(name, file.read(name)) for name in file.namelist()]
    text = HEADERS[header].encode() + b"\n"
    array = b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + b"cos\nsystem\n."
    members = [(name, array if name.endswith(".npy") else part) for name, part in members]
    path.write_bytes(pack(json.dumps(facts).encode(), archived(members)))
    with pytest.raises(FileError, match="cannot be loaded"):
        read_model(path, SHIPPED, DEFAULTS)


def test_a_new_file_is_for_the_user_only(path):
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_model_that_load_would_refuse_is_not_written(tmp_path):
    wrong = replace(RIDGE, best_score=float("nan"))
    with pytest.raises(SettingsError, match="a finite best_score"):
        write_model(tmp_path / "model", wrong, {})
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("quantile", "words"),
    [
        ([0.9, 0.1], "rising quantiles between 0 and 1"),
        ([0.5], "two quantiles or more"),
        ([], "two quantiles or more"),
        ([0.1, 1.0], "rising quantiles between 0 and 1"),
        ([0.1, 0.9], "check_values for each target"),
        (2.0, "rising quantiles between 0 and 1"),
    ],
)
def test_wrong_quantiles_are_refused(path, quantile, words):
    rewrite(path, lambda facts: facts["fitted"]["script"].update(quantile=quantile))
    with pytest.raises(FileError, match=words):
        read_model(path, SHIPPED, DEFAULTS)


def test_several_targets_of_a_regression_have_no_classes(path):
    rewrite(path, lambda facts: facts["fitted"].update(task="classification"))
    with pytest.raises(FileError, match="classes of a classification, and no others"):
        read_model(path, SHIPPED, DEFAULTS)
