"""The columns of a dataframe, and what they hold."""
