"""Methods of tuning and of searching whole pipelines, compared at equal time on equal sets.

::

    loop ─► settings   one pipeline, its settings tuned by us (`tune`) or by others (`peers`)
        └─► pipelines  whole pipelines, searched by our strategies
             └─► rows (a journal) ─► report ─► curves

`python -m benchmarks methods` measures what the journal does not have, and then reports.
"""
