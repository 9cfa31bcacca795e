"""The honest score beside test scores: can it be believed?

::

    set × seed ─► study   few rows to search on, the many others to test on
        └─► promise (rows of a journal) ─► calibration ─► report

`python -m benchmarks honesty` measures what the journal does not have, and then reports.
"""
