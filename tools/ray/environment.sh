#!/usr/bin/env bash
# Makes (once) a Python environment with a pinned Ray for the integration tests, and prints its folder.
# Usage: environment.sh [VERSION]; the wheel brings Ray's Java jars, so the version is the cluster's and the driver's alike.
# It lies outside the tree: $RLHF_CACHE, else ~/.cache/rlhf. Needs Python 3.10 or newer and the package registry.
set -euo pipefail
version="${1:-2.60.0}"
cache="${RLHF_CACHE:-$HOME/.cache/rlhf}"
environment="$cache/ray-$version"
if [ ! -e "$environment/ready" ]; then
  mkdir -p "$cache"
  (
    flock 9
    if [ ! -e "$environment/ready" ]; then
      rm -rf "$environment"
      python3 -m venv "$environment" >&2
      "$environment/bin/pip" install --quiet --disable-pip-version-check "ray[default]==$version" >&2
      # Its folder's name has the Python's version in it; whoever needs the jars should not have to know that.
      ln -s "$("$environment/bin/python" -c 'import importlib.util; print(importlib.util.find_spec("ray").submodule_search_locations[0])')/jars" \
        "$environment/jars"
      touch "$environment/ready"
    fi
  ) 9>"$cache/ray-$version.lock"
fi
echo "$environment"
