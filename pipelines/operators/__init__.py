"""The estimators that pipelines may be made of, as records."""
