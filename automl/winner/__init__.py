"""The winner of a search: what predicts, its script, its file."""
