"""The live page: who may read it, what it answers, and that it follows the file."""

import http.client
import json
import threading
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from automl import AutoMLClassifier, HistoryError, catalogue
from automl.estimators import ESTIMATORS
from automl.page.history_facts import history_facts
from automl.page.server import LivePage, PageServer
from automl.search.stored_run import read_run

RNG = np.random.default_rng(0)
X = pd.DataFrame(RNG.normal(size=(60, 2)), columns=["a", "b"])
Y = pd.Series(np.where(X["a"] + RNG.normal(size=60) > 0, "yes", "no"), name="y")
FEW = catalogue("default", include=["gaussian_nb", "simple_imputer"])


@pytest.fixture(scope="module")
def facts(tmp_path_factory):
    path = tmp_path_factory.mktemp("server") / "run.db"
    AutoMLClassifier(
        max_evaluations=2, cv=2, catalogue=FEW, n_jobs=1, verbose=0, random_state=0, history=path
    ).fit(X, Y)
    return history_facts(read_run(path), ESTIMATORS)


class Source:
    """A file whose state and facts a test sets."""

    def __init__(self, facts):
        self.facts, self.state, self.n_read, self.error = facts, "one", 0, None

    def read(self):
        self.n_read += 1
        if self.error:
            raise self.error
        return self.facts

    def stamp(self):
        return f'"{self.state}"'


@pytest.fixture
def source(facts):
    return Source(facts)


@pytest.fixture
def server(source, monkeypatch):
    monkeypatch.setattr("automl.page.server.SECONDS", 0.0)
    with PageServer(LivePage(source.read, source.stamp)) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def ask(server, path, method="GET", host=None, **headers):
    """Return the status, the headers and the text of an answer."""
    address, port = server.server_address
    connection = http.client.HTTPConnection(address, port, timeout=30)
    named = {"Host": host} if host is not None else {}
    connection.request(method, path, headers=named | headers)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, dict(answer.headers), text


def test_the_page_and_its_twins(server, facts):
    assert server.address == f"http://127.0.0.1:{server.server_address[1]}/{server.token}/"
    status, headers, text = ask(server, f"/{server.token}/")
    assert (status, headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert facts.progress[0] in text
    status, headers, text = ask(server, f"/{server.token}/report.json")
    assert (status, json.loads(text)["title"]) == (200, facts.title)
    status, headers, text = ask(server, f"/{server.token}/report.md")
    assert (status, headers["Content-Type"]) == (200, "text/markdown; charset=utf-8")
    assert text.startswith("# Classification of y")


def test_its_script_alone_may_run(server):
    _, headers, text = ask(server, f"/{server.token}/")
    policy = headers["Content-Security-Policy"]
    nonce = policy.partition("'nonce-")[2].partition("'")[0]
    assert "default-src 'none'" in policy
    assert text.count("<script") == text.count(f'<script nonce="{nonce}">') == 1
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Frame-Options"] == "DENY"
    assert nonce not in ask(server, f"/{server.token}/")[2]


@pytest.mark.parametrize(
    "path", ["/", "", "/wrong/", "/{}", "/{}/x", "/{}/../", "/{}/report.html", "/%00/"]
)
def test_no_other_path_is_answered(server, source, path):
    status, _, text = ask(server, path.format(server.token) or "/")
    assert (status, text) == (404, "There is no such page.")
    assert source.n_read == 0


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("localhost:8000", 200),
        ("127.0.0.1:8000", 200),
        ("LOCALHOST:1", 200),
        ("example.org", 403),
        ("127.0.0.1.example.org", 403),
        ("example.org:80", 403),
        ("localhost@example.org", 403),
        ("[::1", 403),
        ("", 403),
    ],
)
def test_the_host_is_checked(server, source, host, status):
    assert ask(server, f"/{server.token}/", host=host)[0] == status
    assert source.n_read == (status == 200)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "TRACE"])
def test_get_is_the_only_method(server, source, method):
    assert ask(server, f"/{server.token}/", method)[0] == 501
    assert source.n_read == 0


def test_news_come_when_the_file_changes(server, source):
    path = f"/{server.token}/"
    _, headers, _ = ask(server, path)
    tag = headers["ETag"]
    assert ask(server, path, **{"If-None-Match": tag})[::2] == (304, "")
    assert source.n_read == 1
    source.state, source.facts = "two", replace(source.facts, progress=("It is further.",))
    status, headers, text = ask(server, path, **{"If-None-Match": tag})
    assert status == 200
    assert headers["ETag"] != tag
    assert "It is further." in text
    assert source.n_read == 2


def test_an_error_of_the_file_is_a_sentence(server, source):
    ask(server, f"/{server.token}/")
    source.state, source.error = "two", HistoryError("run.db is damaged (a cell); restore a copy")
    status, _, text = ask(server, f"/{server.token}/")
    assert (status, text) == (503, "run.db is damaged (a cell); restore a copy")
    source.error = None
    assert ask(server, f"/{server.token}/")[0] == 200


def test_many_readers_read_the_file_once(source):
    page = LivePage(source.read, source.stamp)
    threads = [threading.Thread(target=page.newest) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert source.n_read == 1
