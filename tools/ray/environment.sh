#!/usr/bin/env bash
# Makes (once) a Python environment with a pinned Ray for the integration tests, and prints its folder.
# Usage: environment.sh [VERSION]; the wheel brings Ray's Java jars, so the version is the cluster's and the driver's alike.
# Needs Python 3.10 or newer and the package registry.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../python_environment.sh"
version="${1:-2.60.0}"

finish() {
  # Its folder's name has the Python's version in it; whoever needs the jars should not have to know that.
  ln -s "$("$environment/bin/python" -c 'import importlib.util; print(importlib.util.find_spec("ray").submodule_search_locations[0])')/jars" \
    "$environment/jars"
}

make_environment "ray-$version" "ray[default]==$version"
echo "$environment"
