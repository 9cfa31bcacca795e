"""The columns of a dataframe, and the kinds of their contents.

`columns`: `Columns`, names by kind, which reads the cells of a frame.
`kinds`: `read_columns`, which finds the kind of every column.
"""
