"""Estimators that exist only while a search runs: they find a number that the final fit is given.

`neighbors`: nearest neighbors that find their number.
`stopping`: boosted trees that stop early; `stopping_lightgbm` and `stopping_catboost` do so for
optional packages.
"""
