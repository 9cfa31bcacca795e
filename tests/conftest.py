"""What all tests share."""

from hypothesis import settings

# On two shared cores a first example that imports scikit-learn takes longer than any fair limit.
# The examples are the same in every run, so that a failure is one for everybody.
settings.register_profile("automl", deadline=None, derandomize=True)
settings.load_profile("automl")
