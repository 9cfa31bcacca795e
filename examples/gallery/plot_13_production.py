"""
From the notebook to production
===============================

A fitted search leaves as a script with its packages, or as a model file behind HTTP. This example
goes both ways, and measures the answers of the server's application.
"""

# %%
# The search
# ----------

import asyncio
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import matplotlib.pyplot as plt
from sklearn.datasets import load_iris

import automl

X, y = load_iris(as_frame=True, return_X_y=True)
search = automl.AutoMLClassifier(max_evaluations=4, n_jobs=2, random_state=0, verbose=0)
search.fit(X, y)

# %%
# Script and packages
# -------------------
#
# ``best.requirements.txt`` pins what ``best.py`` imports. ``dockerfile=True`` writes an image
# around both.

with TemporaryDirectory() as name:
    folder = Path(name)
    search.export(folder / "best.py", dockerfile=True)
    print(sorted(path.name for path in folder.iterdir()))
    search.save(folder / "model")
    model = automl.load(folder / "model")

# %%
# An application for any ASGI server
# ----------------------------------
#
# ``automl serve model`` runs it on this machine. Here it is called without a server.

app = automl.serve_app(model)


async def ask(rows):
    """Return status and content of an answer."""
    body = json.dumps({"rows": rows}).encode()
    sent = []

    async def receive():
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message):
        sent.append(message)

    headers = [(b"host", b"127.0.0.1"), (b"content-length", str(len(body)).encode())]
    scope = {"type": "http", "method": "POST", "path": "/predict", "headers": headers}
    await app(scope, receive, send)
    content = b"".join(message.get("body", b"") for message in sent)
    return sent[0]["status"], json.loads(content)


rows = X.to_dict("records")
status, answer = asyncio.run(ask(rows[:1]))
print(status, answer)

# %%
# A row that lacks a column is refused in words.

print(*asyncio.run(ask([{"petal width (cm)": 0.2}])))

# %%
# Many rows in a request are quicker than many requests
# -----------------------------------------------------

sizes, milliseconds = [1, 10, 50, 150], []
for size in sizes:
    began = perf_counter()
    asyncio.run(ask(rows[:size]))
    milliseconds.append(1000 * (perf_counter() - began) / size)

figure, ax = plt.subplots(figsize=(6, 3.2))
ax.loglog(sizes, milliseconds, "o-")
ax.set_xticks(sizes, [str(size) for size in sizes])
ax.set_xlabel("rows in a request")
ax.set_ylabel("milliseconds a row")
figure.tight_layout()
