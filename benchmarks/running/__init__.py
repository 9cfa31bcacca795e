"""Measurements: jobs in processes of their own, written to a journal."""
