"""``automl serve``: a real server on this machine, and what it refuses to start with."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys

import pandas as pd
import pytest

from automl import AutoMLWarning, SettingsError, load
from automl.cli import main
from automl.serving import server as module
from automl.serving.body import MOST_BYTES

TIMEOUT = 600  # seconds: ends a test that hangs, and no other on a busy machine


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """Return the path of a saved model of iris, and its rows."""
    from sklearn.datasets import load_iris

    folder = tmp_path_factory.mktemp("served")
    table = load_iris(as_frame=True).frame
    table.to_csv(folder / "train.csv", index=False)
    path = folder / "model"
    options = ["--target", "target", "--task", "classification", "--evaluations", "3"]
    options += ["--jobs", "1", "--seed", "0", "--catalogue", "interpretable", "--quiet"]
    assert main(["fit", str(folder / "train.csv"), *options, "--save", str(path)]) == 0
    return path, table.drop(columns="target")


class Server:
    """A process of `automl serve` on a free port."""

    def __init__(self, path, *options):
        command = [sys.executable, "-m", "automl", "serve", str(path), "--port", "0", *options]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        self.process = subprocess.Popen(command, **pipes)
        self.port = int(self.process.stdout.readline().rsplit(":", 1)[1])

    def ask(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)
        try:
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            return response.status, json.loads(response.read() or "null")
        finally:
            connection.close()

    def end(self, number):
        self.process.send_signal(number)
        _, error = self.process.communicate(timeout=TIMEOUT)
        return self.process.returncode, error


@pytest.fixture
def start():
    """Return a function that starts a server, which is ended after the test."""
    servers = []

    def run(*arguments):
        servers.append(Server(*arguments))
        return servers[-1]

    yield run
    for server in servers:
        server.process.kill()
        server.process.communicate()


@pytest.mark.slow
def test_a_server_from_the_first_request_to_ctrl_c(model, start):
    path, table = model
    server = start(path)
    assert server.ask("GET", "/health") == (200, {"status": "ok"})
    status, schema = server.ask("GET", "/schema")
    assert (status, schema["classes"]) == (200, [0, 1, 2])
    estimator = load(path)
    for n_rows in (1, 150):
        rows = table.head(n_rows).to_dict("records")
        status, content = server.ask("POST", "/predict", json.dumps({"rows": rows}))
        assert status == 200
        assert content["predictions"] == estimator.predict(table.head(n_rows)).tolist()
    assert server.ask("POST", "/predict", "{")[0] == 400
    assert server.ask("GET", "/predict")[0] == 405
    assert server.ask("GET", "/", headers={"Host": "evil.example"})[0] == 403
    # A client that sends all before it listens hears the answer, with and without a length.
    long = b" " * (MOST_BYTES + 1)
    assert server.ask("POST", "/predict", long)[0] == 413
    assert server.ask("POST", "/predict", iter([long]))[0] == 413
    assert server.ask("GET", "/health")[0] == 200
    assert server.end(signal.SIGINT) == (0, "")


@pytest.mark.slow
def test_a_length_that_lies(model, start):
    server = start(model[0])
    with socket.create_connection(("127.0.0.1", server.port), timeout=TIMEOUT) as client:
        head = "POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n"
        client.sendall(head.encode() + b'{"rows": [{"a": 1}]}')
        assert client.recv(100).startswith(b"HTTP/1.1 400")
    assert server.ask("GET", "/health")[0] == 200


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="SIGTERM ends a process at once")
def test_sigterm_ends_it(model, start):
    server = start(model[0], "--host", "localhost")
    assert server.ask("GET", "/health")[0] == 200
    assert server.end(signal.SIGTERM)[0] == 128 + signal.SIGTERM


def test_a_port_that_is_taken(model, capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["serve", str(model[0]), "--port", str(port)]) == 1
    error = capsys.readouterr().err
    assert f"the address 127.0.0.1:{port} cannot be used" in error
    assert "0 takes a free one" in error


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (["--port", "70000"], "expected a port between 0 and 65535, got 70000"),
        (["--host", "no such host"], "cannot be used"),
    ],
)
def test_wrong_addresses(model, capsys, options, text):
    assert main(["serve", str(model[0]), *options]) == 1
    assert text in capsys.readouterr().err.splitlines()[-1]


def test_a_missing_model(capsys):
    assert main(["serve", "no-model"]) == 1
    assert "'no-model'" in capsys.readouterr().err


def test_without_uvicorn(model, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    assert main(["serve", str(model[0])]) == 1
    assert "pip install 'automl-gp[serve]'" in capsys.readouterr().err


def test_an_address_that_others_reach_is_warned_of(monkeypatch):
    monkeypatch.setattr("uvicorn.Server.run", lambda self, sockets: None)
    addresses = []
    with pytest.warns(AutoMLWarning, match=r"whoever reaches 0\.0\.0\.0 can ask the model"):
        module.run_server(None, "0.0.0.0", 0, addresses.append)
    assert addresses[0].startswith("http://0.0.0.0:")
    assert module.names_of("0.0.0.0") is None
    assert module.names_of("192.168.1.1") is None
    assert "127.0.0.2" in module.names_of("127.0.0.2")
    with pytest.raises(SettingsError, match="expected a port"):
        module.run_server(None, "127.0.0.1", -1, addresses.append)


def test_answers_are_sent_at_once():
    with module._listening("127.0.0.1", 0) as listener:
        assert listener.proto == socket.IPPROTO_TCP  # by which asyncio sets TCP_NODELAY
        assert listener.getsockname()[1] > 0


def test_the_rows_of_a_file_are_those_of_json(model):
    path, table = model
    rows = pd.DataFrame(json.loads(table.to_json(orient="records", double_precision=15)))
    assert load(path).predict(rows).tolist() == load(path).predict(table).tolist()
