"""Where tasks come from: scikit-learn, folders, OpenML, suites."""

import gzip
import io
import json
import time
import urllib.request
from email.message import Message
from pathlib import Path
from urllib.error import URLError
from urllib.request import HTTPSHandler
from urllib.response import addinfourl

import pandas as pd
import pytest

from benchmarks.errors import TaskError
from benchmarks.tasks.bundled import LOADERS, bundled_tasks
from benchmarks.tasks.folder import folder_tasks
from benchmarks.tasks.openml import openml_tasks
from benchmarks.tasks.packaged import FOLDERS, packaged_tasks, read_keel
from benchmarks.tasks.suite import SUITES, read_suite
from benchmarks.tasks.task import Kind, make_task

RECORDED = Path(__file__).parent / "openml"
KINDS = {"iris": 3, "wine": 3, "breast_cancer": 2, "digits": 10, "diabetes": 0}


@pytest.mark.parametrize("name", LOADERS)
def test_bundled(name):
    task = bundled_tasks([name])[0].load()
    assert task.name == name
    assert len(task.classes) == KINDS[name]
    assert len(task.X) == len(task.y) > 100
    assert task.kind.is_classification == (name != "diabetes")


def test_bundled_unknown():
    with pytest.raises(TaskError, match=r"out of \['iris'.*got \['boston'\]"):
        bundled_tasks(["iris", "boston"])


TABLE = """color,grade,size,code,target
red,01,1.5,1,yes
NA,02,,2,no
,03,2.25,1,yes
None,01,0.1,2,no
"""
INDEX = [
    {
        "name": "tiny",
        "task": "binary",
        "categorical_columns": ["color", "grade"],
        "nominal_integer_columns": ["code"],
        "notes": "keys that nobody reads",
    },
    {"name": "line", "task": "regression"},
    {"name": "wrong", "task": "multiclass"},
    {"name": "absent", "task": "binary"},
]


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "index.json").write_text(json.dumps(INDEX))
    with gzip.open(tmp_path / "tiny.csv.gz", "wt") as file:
        file.write(TABLE)
    (tmp_path / "line.csv").write_text("a,target\n1,0.5\n2,0.1\n3,0.7\n")
    (tmp_path / "wrong.csv").write_text("a,target\n1,x\n2,y\n3,x\n")
    return tmp_path


def test_folder_reads_only_empty_cells_as_missing(folder):
    task = folder_tasks(folder, ["tiny"])[0].load()
    assert task.kind is Kind.BINARY
    assert task.classes == ["no", "yes"]
    assert task.y.name == "target"
    assert task.X["color"].fillna("missing").tolist() == ["red", "NA", "missing", "None"]
    assert task.X["grade"].tolist() == ["01", "02", "03", "01"]
    assert task.X["size"].fillna(-1).tolist() == [1.5, -1, 2.25, 0.1]
    assert isinstance(task.X["code"].dtype, pd.CategoricalDtype)
    assert task.X["code"].cat.categories.tolist() == [1, 2]


def test_folder_without_names_has_all(folder):
    references = folder_tasks(folder)
    assert [reference.name for reference in references] == [entry["name"] for entry in INDEX]
    assert references[1].load().kind is Kind.REGRESSION


def test_folder_errors(folder, tmp_path):
    with pytest.raises(TaskError, match=r"got \['other'\]; it has \['absent'"):
        folder_tasks(folder, ["tiny", "other"])
    with pytest.raises(TaskError, match=r"absent\.csv\.gz or absent\.csv"):
        folder_tasks(folder, ["absent"])[0].load()
    with pytest.raises(TaskError, match=r"expected a multiclass task.*got 2 classes"):
        folder_tasks(folder, ["wrong"])[0].load()
    with pytest.raises(TaskError, match="without"):
        folder_tasks(folder / "nowhere")
    (tmp_path / "index.json").write_text('[{"name": "tiny", "task": "ranking"}]')
    with pytest.raises(TaskError, match="'ranking' is not a valid Kind"):
        folder_tasks(tmp_path)


def test_a_target_needs_two_classes_and_no_gaps():
    X = pd.DataFrame({"a": [1, 2]})
    with pytest.raises(TaskError, match="two classes"):
        make_task("one", X, pd.Series(["x", "x"]), "here", is_classification=True)
    with pytest.raises(TaskError, match="1 missing targets"):
        make_task("gap", X, pd.Series([1.0, None]), "here", is_classification=False)


def test_the_target_gets_a_name_of_its_own():
    X = pd.DataFrame({"target": [1, 2]})
    task = make_task("twice", X, pd.Series([0.5, 1]), "here", is_classification=False)
    assert task.y.name == "target_"


class Recorded(HTTPSHandler):
    """Answers for openml.org; counts how often."""

    def __init__(self):
        super().__init__()
        self.urls = []
        self.is_down = False

    def https_open(self, req):
        self.urls.append(req.full_url)
        if self.is_down:
            raise URLError("no route to host")
        path = self.find(req.full_url)
        content = path.read_bytes() if path.exists() else b"{}"
        answer = addinfourl(io.BytesIO(content), Message(), req.full_url)
        answer.code = 200 if path.exists() else 412  # so it says that there is no such data set
        answer.msg = "answer"
        return answer

    def find(self, url):
        *_, folder, last = url.split("/")
        if last.endswith(".arff"):
            return RECORDED / last
        if folder == "qualities":
            return RECORDED / "qualities.json"
        return RECORDED / f"{'features' if folder == 'features' else 'description'}_{last}.json"


@pytest.fixture
def recorded():
    handler = Recorded()
    urllib.request.install_opener(urllib.request.build_opener(handler))
    yield handler
    urllib.request.install_opener(None)


def test_openml_classes(recorded, tmp_path):
    task = openml_tasks([1], tmp_path)[0].load()
    assert (task.name, task.source) == ("openml_1", "OpenML 1 garden")
    assert task.kind is Kind.BINARY
    assert task.classes == ["good", "poor"]
    assert list(task.X.columns) == ["soil", "rain", "shade"]
    assert task.X.isna().sum().tolist() == [2, 3, 0]
    assert "silty sand" in set(task.X["soil"])
    assert pd.api.types.is_numeric_dtype(task.X["rain"])


def test_openml_numbers(recorded, tmp_path):
    task = openml_tasks([2], tmp_path)[0].load()
    assert task.kind is Kind.REGRESSION
    assert task.y.name == "yield"
    assert list(task.X.columns) == ["soil", "rain", "shade"]


def test_openml_is_asked_once_and_only_when_needed(recorded, tmp_path):
    references = openml_tasks([1, 2, 1], tmp_path)
    assert [reference.name for reference in references] == ["openml_1", "openml_2"]
    assert recorded.urls == []
    first = references[0].load()
    n_asked = len(recorded.urls)
    assert n_asked == 4
    pd.testing.assert_frame_equal(references[0].load().X, first.X)
    assert len(recorded.urls) == n_asked


def test_openml_without_such_a_data_set(recorded, tmp_path):
    with pytest.raises(TaskError, match=r"data set 3 of OpenML cannot be read.*not found"):
        openml_tasks([3], tmp_path)[0].load()


@pytest.mark.filterwarnings("ignore:A network error occurred")
def test_openml_without_network(recorded, tmp_path, monkeypatch):
    recorded.is_down = True
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    with pytest.raises(TaskError, match=r"data set 1, got: .*no route to host.*check the network"):
        openml_tasks([1], tmp_path)[0].load()


@pytest.mark.parametrize("path", sorted(SUITES.glob("*.toml")), ids=lambda path: path.stem)
def test_suites_are_readable(path):
    suite = read_suite(path.stem)
    assert suite.description
    assert suite.bundled or suite.synthetic or suite.packaged or suite.folder or suite.openml
    assert bundled_tasks(suite.bundled) is not None


def test_the_public_suite():
    assert len(read_suite("public").folder) == 10


@pytest.mark.parametrize("name", FOLDERS)
def test_packaged_sets_are_read(name):
    (reference,) = packaged_tasks([name])
    task = reference.load()
    assert 400 < len(task.X) < 20_000
    assert not task.y.isna().any()
    assert task.kind.is_classification == (FOLDERS[name] == "classification")
    assert set(task.X.dtypes.astype("str")) <= {"int64", "float64", "str"}


def test_keel_files():
    text = "@relation r\n@attribute Size real[0.0, 1.0]\n@attribute Color {red, blue}\n@data\n"
    table = read_keel(text + "0.5, red\n?, NA\n<null>, ?\n")
    assert table["Size"].dtype == "float64"
    assert table["Size"].isna().tolist() == [False, True, True]
    assert table["Color"].fillna("gap").tolist() == ["red", "NA", "gap"]


def test_unknown_packaged_sets():
    with pytest.raises(TaskError, match=r"packaged tasks out of .*'splice'.*got \['iris'\]"):
        packaged_tasks(["iris"])


def test_suite_errors(tmp_path):
    with pytest.raises(
        TaskError, match=r"out of \['large', 'openml', 'packaged', 'public', 'small'\], got 'big'"
    ):
        read_suite("big")
    (tmp_path / "odd.toml").write_text('description = ""\nkaggle = ["titanic"]\n')
    with pytest.raises(TaskError, match="kaggle"):
        read_suite("odd", tmp_path)
