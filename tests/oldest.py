"""Print the oldest supported version of every package that users install, as constraints for pip.

`make test-oldest` installs them. The bounds stand in setup.cfg alone. The extra `dev` is left out:
its tools are those of contributors.
"""

from configparser import ConfigParser
from pathlib import Path

SETTINGS = Path(__file__).parents[1] / "setup.cfg"


def constraints(path):
    """Turn each lower bound, such as joblib>=1.4, into that very version."""
    config = ConfigParser()
    config.read(path, encoding="utf-8")
    extras = dict(config["options.extras_require"])
    del extras["dev"]
    bounds = "\n".join([config["options"]["install_requires"], *extras.values()]).splitlines()
    # Without the marker of processors: whoever runs the tests has the wheels.
    return [bound.partition(";")[0].replace(">=", "==") for bound in bounds if bound]


if __name__ == "__main__":
    print(*constraints(SETTINGS), sep="\n")
