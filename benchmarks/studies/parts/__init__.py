"""The worth of each part of a search: the same search without it, on the same hold-outs.

::

    python -m benchmarks parts ──► journal: automl, and automl without each part
                               ──► table: how much larger the loss is without it

Its measurements are runs of the suite, with variants of this project's adapter.
"""
