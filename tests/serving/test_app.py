"""The application: what it answers, what it refuses, and that nothing of it is a traceback."""

import asyncio
import json
import logging
import threading

import pytest

from automl import AutoMLClassifier, SettingsError, serve_app
from automl.serving import app as app_module
from automl.serving import body as body_module
from automl.serving.body import MOST_BYTES, MOST_DROPPED
from automl.serving.rows import MOST_ROWS
from tests.serving.clients import QUICK, Client, ask, rows_of


@pytest.fixture(scope="session")
def client(of_classes):
    return Client(serve_app(of_classes))


@pytest.fixture(scope="session")
def rows(frame):
    return rows_of(frame)


def test_health(client):
    answer = client.get("/health")
    assert (answer.status, answer.json()) == (200, {"status": "ok"})
    assert answer.headers["content-type"] == "application/json"
    assert int(answer.headers["content-length"]) == len(answer.body)


def test_head_has_no_body(client):
    answer = asyncio.run(ask(client.app, "HEAD", "/health"))
    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["content-length"] == client.get("/health").headers["content-length"]


def test_the_schema_of_classes(client, of_classes, frame):
    schema = client.get("/schema").json()
    assert schema["task"] == "classification"
    assert (schema["target"], schema["classes"]) == ("buys", ["no", "yes"])
    columns = {column.pop("name"): column for column in schema["columns"]}
    assert list(columns) == list(frame)
    assert columns["price"] == {"kind": "numeric", "reading": "as $1,234.5"}
    assert {name: column["kind"] for name, column in columns.items()}["sold"] == "dates"
    assert schema["score"]["sentence"] == str(of_classes.honest_score_)
    assert {"python", "automl-gp", "scikit-learn"} <= set(schema["versions"])
    assert schema["limits"] == {"rows": MOST_ROWS, "bytes": MOST_BYTES}


def test_the_schema_of_numbers(of_numbers):
    schema = Client(serve_app(of_numbers)).get("/schema").json()
    assert (schema["classes"], schema["interval_coverage"]) == (None, 0.9)


def test_wrong_paths_and_methods(client):
    assert client.get("/").status == client.get("/health/").status == 404
    answer = client.get("/predict")
    assert (answer.status, answer.headers["allow"]) == (405, "POST")
    answer = asyncio.run(ask(client.app, "DELETE", "/schema"))
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")


def test_a_path_below_another_application(client):
    assert client.get("/model/health", root_path="/model").status == 200
    assert client.get("/other/health", root_path="/model").status == 404


BAD = {
    b"": "not JSON",
    b"{": "not JSON",
    b"\xff\xfe": "not JSON",
    b'{"rows": [{"age": NaN}]}': "NaN is no number",
    b'{"rows": [{"age": -Infinity}]}': "-Infinity is no number",
    b"[" * 100_000: "nested too deeply",
    b"9" * 5000: "not JSON",
    b"[]": "got a list",
    b"null": "got null",
    b"{}": "got an object with the keys []",
    b'{"rows": 3}': "got rows as a number",
    b'{"rows": []}': "one row or more",
    b'{"rows": [[1]]}': "expected row 0 as an object, got a list",
    b'{"rows": [{}], "row": 1}': "['row']",
    b'{"rows": [{}], "coverage": "all"}': "expected coverage as a number, got a text",
}


@pytest.mark.parametrize("body", BAD, ids=lambda body: repr(body[:30]))
def test_bodies_of_a_wrong_shape(client, body):
    answer = client.post(body)
    assert answer.status == 400
    assert BAD[body] in answer.json()["error"]
    assert list(answer.json()) == ["error"]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("[1]", "got a list"),
        ('{"a": 1}', "got an object"),
        ("1e400", "too large"),
        ("9" * 400, "too large"),
        (r'"\ud800"', "lone surrogate"),
    ],
)
def test_cells_that_are_no_values(client, rows, cell, text):
    body = json.dumps({"rows": [rows[0] | {"city": "CELL"}]}).replace('"CELL"', cell)
    answer = client.post(body.encode())
    assert answer.status == 400
    assert text in answer.json()["error"]
    assert "'city'" in answer.json()["error"]


def test_missing_columns_are_named(client, rows):
    shorter = {name: cell for name, cell in rows[1].items() if name not in ("age", "note")}
    answer = client.post({"rows": [rows[0], shorter]})
    assert answer.status == 422
    assert sorted(answer.json()["missing"]) == ["age", "note"]
    assert answer.json()["error"].startswith("row 1 lacks the columns ['age', 'note']")


def test_cells_that_cannot_be_read_are_named(client, rows):
    answer = client.post({"rows": [rows[0] | {"price": "cheap"}]})
    assert answer.status == 422
    assert "'price'" in answer.json()["error"]
    assert "none can be read" in answer.json()["error"]


def test_too_many_rows(client, rows):
    assert client.post({"rows": [rows[0]] * (MOST_ROWS + 1)}).status == 413


def predict(client, parts, headers=()):
    return asyncio.run(ask(client.app, "POST", "/predict", parts, headers))


@pytest.mark.parametrize("length", [None, "0", "3", "-1", "x", "9" * 30])
def test_too_many_bytes_whatever_the_length_says(client, length):
    headers = [] if length is None else [("Content-Length", length)]
    answer = predict(client, [b" " * 2**20] * 11, headers)
    assert answer.status == 413
    assert "10 MiB" in answer.json()["error"]
    assert answer.headers["connection"] == "close"


def test_a_body_without_end_is_not_read_to_its_end(client):
    n_read = 0

    async def receive():
        nonlocal n_read
        n_read += 2**20
        return {"type": "http.request", "body": b" " * 2**20, "more_body": True}

    sent = []

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/predict", "headers": []}
    asyncio.run(client.app(scope, receive, send))
    assert sent[0]["status"] == 413
    assert n_read == MOST_DROPPED + 2**20


def test_a_length_that_is_far_too_long_is_refused_before_the_body(client):
    assert predict(client, [], [("content-length", str(2**40))]).status == 413
    expecting = [("content-length", str(MOST_BYTES + 1)), ("expect", "100-continue")]
    assert predict(client, [], expecting).status == 413


def test_a_body_in_many_parts(client, rows):
    body = json.dumps({"rows": rows[:2]}).encode()
    assert predict(client, [bytes([byte]) for byte in body]).status == 200


def test_a_client_that_goes_away_gets_nothing(client):
    assert predict(client, []) is None


def test_a_body_that_does_not_come(client, monkeypatch):
    monkeypatch.setattr(body_module, "SECONDS", 0.01)

    async def receive():
        await asyncio.sleep(60)

    sent = []

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/predict", "headers": []}
    asyncio.run(client.app(scope, receive, send))
    assert sent[0]["status"] == 408


def test_an_error_of_the_model_is_a_sentence_and_in_the_log(of_classes, rows, caplog, monkeypatch):
    client = Client(serve_app(of_classes))

    def fail(request):
        raise RuntimeError("secret")

    monkeypatch.setattr(client.app._predictions, "answer", fail)
    with caplog.at_level(logging.ERROR, "automl.serving"):
        answer = client.post({"rows": rows[:1]})
    assert answer.status == 500
    assert answer.json() == {"error": "the model failed; the log of the server says why"}
    assert "RuntimeError: secret" in caplog.text


def test_health_answers_while_a_prediction_runs(of_classes, rows, monkeypatch):
    app = serve_app(of_classes)
    started, ended = threading.Event(), threading.Event()
    answer_of = app._predictions.answer

    def wait(request):
        started.set()
        assert ended.wait(60)
        return answer_of(request)

    monkeypatch.setattr(app._predictions, "answer", wait)
    body = json.dumps({"rows": rows[:1]}).encode()

    async def two_requests():
        prediction = asyncio.create_task(ask(app, "POST", "/predict", [body]))
        await asyncio.to_thread(started.wait, 60)
        health = await ask(app, "GET", "/health")
        assert not prediction.done()
        ended.set()
        return health, await prediction

    health, prediction = asyncio.run(two_requests())
    assert (health.status, prediction.status) == (200, 200)


def test_too_many_requests_at_once(of_classes, rows, monkeypatch):
    monkeypatch.setattr(app_module, "MOST_WAITING", 2)
    app = serve_app(of_classes)
    body = json.dumps({"rows": rows[:1]}).encode()

    async def three_requests():
        return await asyncio.gather(*(ask(app, "POST", "/predict", [body]) for _ in range(3)))

    answers = asyncio.run(three_requests())
    assert sorted(answer.status for answer in answers) == [200, 200, 503]
    assert Client(app).post({"rows": rows[:1]}).status == 200


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost:8000", 200),
        ("LOCALHOST", 200),
        ("[::1]:1", 403),
        ("evil.example", 403),
        ("localhost@evil.example", 403),
        ("[", 403),
    ],
)
def test_only_some_names_of_the_host(of_classes, host, status):
    client = Client(serve_app(of_classes, hosts=["localhost"]))
    assert client.get("/health", headers=[("Host", host)]).status == status
    assert client.get("/health").status == 403


def test_lifespan_and_websockets(client):
    sent, waiting = [], [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]

    async def receive():
        return waiting.pop(0)

    async def send(message):
        sent.append(message["type"])

    asyncio.run(client.app({"type": "lifespan"}, receive, send))
    asyncio.run(client.app({"type": "websocket"}, receive, send))
    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete", "websocket.close"]


def test_what_cannot_be_served():
    with pytest.raises(SettingsError, match=r"automl\.load"):
        serve_app("model")
    with pytest.raises(ValueError, match="not fitted"):
        serve_app(AutoMLClassifier(**QUICK))
