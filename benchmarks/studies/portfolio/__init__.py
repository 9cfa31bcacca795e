"""Learning the pipelines that every search starts from, out of our own evaluations of many.

::

    candidates ──study──► journal ──learn──► pipelines/spaces/portfolio.json
     a few hundred        score and seconds   the first two dozen of a search, per task
     per task             on every set        and size, by gain per second

The sets of the public suite are not learnt from, so that what is measured there is no memory.
`python -m benchmarks portfolio` measures, `python -m benchmarks reports` writes what was learnt.
"""
