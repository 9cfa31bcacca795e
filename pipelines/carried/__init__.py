"""Small classes and functions that an exported script carries in full.

They exist where the public packages have nothing for the job. Each stands alone: it uses nothing
but the imports at the top of its file, so that its source can be copied into a script.

`frame`: reading a dataframe's cells. `kernels`: the width of a kernel. `boosting`: XGBoost.
"""
