"""What the engine itself costs: everything but the fits and predictions that it is there for.

::

    measure      what a measure is, and how much it does
    parts        problems, and an executor that fits nothing: what measures drive
    workers ─ fits ─ growth ─ histories ─ exports ─ proposals: the measures
    registry     all of them by name, each with its reason
    repeats      every repeat in a process of its own ─► report ─► command

`python -m benchmarks speed` measures all of them and prints the table.
"""
