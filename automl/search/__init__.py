"""The search: one loop that asks, evaluates and tells, and all that lives as long as it does."""
