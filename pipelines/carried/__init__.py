"""Small classes and functions that an exported script carries in full.

They exist where the public packages have nothing for the job. Each stands alone: it uses nothing
but the imports at the top of its file, so that its source can be copied into a script.

`frame` reads a dataframe's cells, `tables` makes dataframes with categories, `categories` counts
and crosses them, `texts` weighs words, `imputing` fills gaps. `expanding`, `selecting` and
`projecting` make, choose and turn columns; `kernels` sets the width of a kernel. `boosting` and
`catboost` adapt XGBoost and CatBoost, `stacking` makes columns of what a model predicts, `targets`
keeps a transformed target in its bounds, `calibrating` changes the scale of probabilities.
"""
