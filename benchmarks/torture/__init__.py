"""Attempts to break two promises: a budget that holds, and nothing lost.

::

    study ─► part (monsters, kills, trees, ...) ─► cases ─► tries, in batches ─► journal ─► report
                                                              │
                      sandbox: processes with a mark, in a temporary folder of their own, bounded
                        ├─ fitting     one fit in one process, and the facts of it ─► verdict
                        └─ attempts    many small tries in one process, begun anew where it ends

`python -m benchmarks torture` runs what the journal does not have, `--part kills` one part of it.
Rounds add up: `--rounds 2` tries everything a second time, with other random choices.
"""
