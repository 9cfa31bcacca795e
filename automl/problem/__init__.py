"""What is asked: the data, the folds and the metric, checked once.

`Dataset`: the data of a fit. `suspicions`: what looks wrong in them. `Metric`: what is maximized.
`NestedCV`, `outer_splits`: the folds. `Problem`: all of that, which does not change in a search.
"""
