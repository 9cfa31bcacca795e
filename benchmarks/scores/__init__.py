"""What measurements say: scores, ranks, intervals, reports."""
