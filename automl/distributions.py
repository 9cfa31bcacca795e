"""The names under which packages are installed; they may differ from those of their modules."""

from importlib import metadata

OWN = "automl-gp"
# Of modules whose name is not the only one. Of several distributions, one is installed.
DISTRIBUTIONS = {
    "automl": (OWN,),
    "sklearn": ("scikit-learn",),
    "xgboost": ("xgboost", "xgboost-cpu"),
}


def distributions_of(module: str) -> tuple[str, ...]:
    """Return the names under which a module may be installed, the usual one first.

    Examples
    --------
    >>> distributions_of("sklearn"), distributions_of("numpy")
    (('scikit-learn',), ('numpy',))
    """
    return DISTRIBUTIONS.get(module, (module,))


def installed_version(distribution: str) -> str | None:
    """Return the version of a distribution; None if it is not installed."""
    try:
        return metadata.version(distribution)
    except (metadata.PackageNotFoundError, ValueError):  # an empty name is a ValueError
        return None
