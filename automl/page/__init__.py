"""What people look at after a fit.

`views.FittedViews`: the methods of the estimators.
`new_rows_board`: a table of scores on new rows.
"""
