"""Scores, ranks, intervals and reports of measurements."""
