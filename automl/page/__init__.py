"""What people look at after a fit.

`views.FittedViews`: the methods of the estimators.
`new_rows_board`: a table of scores on new rows.
`facts`: all facts of a report, which `write` writes as a page, a text or JSON.
`charts`: inline SVG; `tables`: plain values.
"""
