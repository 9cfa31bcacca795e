"""Questions about this project, each measured by a study of its own."""
