"""A fitted estimator behind HTTP: rows as JSON in, predictions out.

::

    server ──► app ──body, at most 10 MiB──► rows ──dataframe──► answers ──JSON──► server
                └──► schema

`app` is plain ASGI, so any ASGI server runs it; `server` runs it with uvicorn for the command line.
"""

from automl.serving.app import PredictionApp, serve_app

__all__ = ["PredictionApp", "serve_app"]
