"""The same rows, plain and as people write them: is the model as good?

::

    cases   what a column is written as, for the fit and for the prediction
    study   a fit on the plain and one on the written rows ─► journal ─► docs/reading.md

`python -m benchmarks reading` measures what the journal does not have, and then reports.
"""
