"""The benchmark suite: how well this project and peers predict, at equal time on equal cores.

::

    suite ─► task (bundled, folder, openml) ─► split ─► run ─► journal ─► standings, report
                                                        │ ▲
                                                        ▼ │ measure: scoring, exported
      job         a folder with data, later with predictions
      supervisor  one killable tree of processes per job
      child       an adapter fits and predicts, and never sees the targets of held-out rows

`python -m benchmarks run` measures and `python -m benchmarks report` shows. Studies look inside
this project in the same way; `python -m benchmarks reports` writes every committed page. Never
installed.
"""
