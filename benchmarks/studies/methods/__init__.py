"""Methods of tuning, compared at equal time on equal sets: one pipeline, its settings tuned.

::

    study ─► tuners   ours
        │    peers    those of scikit-learn and Optuna
        │      └─► contest: the pipeline, its ranges, folds, scorer and clock
        └─► rows of a journal ─► report

`python -m benchmarks methods` measures what the journal does not have, and then reports. Strategies
that search whole pipelines are compared by `python -m benchmarks parts`.
"""
