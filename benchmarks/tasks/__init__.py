"""Data sets with their splits, one by one or as a suite."""
