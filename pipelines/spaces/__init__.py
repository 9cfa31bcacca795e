"""Pipelines as values, and the spaces that a search draws them from."""
