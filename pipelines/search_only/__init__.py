"""Estimators that exist only while a search runs: they find a number that the final fit is given.

`neighbors`: nearest neighbors that find their number.
`stopping`, `stopping_lightgbm`, `stopping_catboost`: boosted trees that stop early.
"""
