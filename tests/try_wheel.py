"""Install a wheel in an empty environment, and do the main job there from a folder of its own.

``python tests/try_wheel.py dist python3.12`` takes the wheel in the folder ``dist``, and makes the
environment with that Python. It ends with an error when any step fails. The sizes that it prints
are those on the disk, in MiB.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

MOST_SHOWN = 10  # packages, the largest first
SMOKE = Path(__file__).with_name("smoke.py")


def run(*command, cwd):
    """Run a command that sees nothing of the checkout; raise an error if it fails."""
    print(f"$ {' '.join(map(str, command))}", flush=True)
    hidden = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    subprocess.run(command, cwd=cwd, env=environment, check=True)


def size(path):
    """Return the MiB that a file or a folder takes on the disk."""
    paths = [path, *path.rglob("*")] if path.is_dir() else [path]
    return sum(entry.lstat().st_blocks for entry in paths) * 512 / 2**20


def print_sizes(site):
    """Print what the packages of an environment take, the largest first."""
    sizes = {path.name: size(path) for path in site.iterdir()}
    for name in sorted(sizes, key=sizes.get, reverse=True)[:MOST_SHOWN]:
        print(f"{sizes[name]:6.0f} MiB  {name}")
    print(f"{sum(sizes.values()):6.0f} MiB  in all", flush=True)


def main(dist, python):
    """Install the only wheel of a folder, print the sizes, run the demo and the smoke test."""
    (wheel,) = Path(dist).resolve().glob("*.whl")
    with TemporaryDirectory(prefix="wheel-") as name:
        folder, work = Path(name), Path(name) / "work"
        work.mkdir()
        run(python, "-m", "venv", folder / "environment", cwd=work)
        programs = folder / "environment" / "bin"
        run(programs / "pip", "install", "--quiet", wheel, cwd=work)
        run(programs / "pip", "check", cwd=work)
        (site,) = folder.glob("environment/lib/python*/site-packages")
        print_sizes(site)
        # The default of 20 s is short for a busy machine whose disk has yet to read the packages.
        run(programs / "automl", "demo", "--budget", "60", cwd=work)
        # A copy: Python also looks for modules beside the script.
        run(programs / "python", shutil.copy(SMOKE, work), work, cwd=work)


if __name__ == "__main__":
    main(*sys.argv[1:])
