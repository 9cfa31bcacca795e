#!/usr/bin/env bash
# AMLB runs this once. It makes a virtual environment beside this file and installs the checkout that
# this folder is part of, as a copy: what is edited later does not change what is being measured.
HERE="$(cd "$(dirname "$0")" && pwd)"
CHECKOUT="$(cd "$HERE/../../../.." && pwd)"

# The first tells where AMLB is, the second makes the environment and the functions PY and PIP. It
# also installs pins for Python 3.9, which may fail here; requirements.txt makes up for that, and so
# errors count only afterwards.
. "$HERE/.setup/setup_env"
. "$AMLB_ROOT/frameworks/shared/setup.sh" "$HERE" true

set -euo pipefail
PIP install --no-cache-dir -r "$HERE/requirements.txt" "$CHECKOUT"

# The first line of this file is the version in AMLB's results.
VERSION="$(PY -c 'from importlib.metadata import version; print(version("automl-gp"))')"
COMMIT="$(git -C "$CHECKOUT" describe --always --dirty --exclude '*' || echo unknown)"
echo "$VERSION+$COMMIT" >> "$HERE/.setup/installed"
