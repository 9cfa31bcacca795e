"""Strategies that search whole pipelines, compared by what they make of as many evaluations.

::

    starts, then a strategy ──pipeline──► Arena: three folds; each fit predicts the test rows, too
                            ◄──outcome──┘   └─► best pipeline and ensemble, held out and tested

There is no clock: a pipeline counts as one, whatever it costs, so that the machine has no say.
"""
