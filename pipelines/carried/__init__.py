"""Small classes and functions that an exported script carries in full.

They exist where no public package has an estimator for the job. The source of each is copied into
scripts, with the imports and the other functions of its file that it uses. For the same reason,
they carry no annotations, and methods such as `fit` have no docstring: they do as in scikit-learn.

Reading
    `frame`: the cells of a dataframe as numbers, texts, dates and durations.
    `tables`: dataframes with pandas' categories and plain names.
Columns to numbers
    `categories`: counts and crosses of categories. `texts`: weights of words.
    `imputing`: missing cells, filled or marked.
Numbers to numbers
    `expanding`: more columns. `selecting`: fewer. `projecting`: other axes.
    `kernels`: the width of a kernel.
Models, and around them
    `boosting`, `catboost`: XGBoost and CatBoost for any labels and frames.
    `stacking`: predictions of a model as columns. `targets`: a transformed target in its bounds.
    `rescaling`: probabilities on another scale. `bagging`: the average of fits on folds.
"""
