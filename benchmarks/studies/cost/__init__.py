"""The costs of the engine itself, beside fits and predictions.

::

    measures   a fold, a worker, the history, a model file: each returns numbers by their names
    study      every repeat of a measure in a process of its own ─► journal ─► report

`python -m benchmarks speed` measures what the journal does not have, and then reports.
"""
