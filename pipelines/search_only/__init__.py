"""Estimators that exist only while a search runs: what they find, the final fit is given."""
