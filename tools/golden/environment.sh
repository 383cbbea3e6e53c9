#!/usr/bin/env bash
# Makes (once) the Python environment of the golden vectors and of the peers in bench/, and prints its interpreter.
# It lies outside the tree: $RLHF_CACHE, else ~/.cache/rlhf; its name carries a hash of the pinned requirements.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
requirements="${1:-$here/requirements.txt}"
cache="${RLHF_CACHE:-$HOME/.cache/rlhf}"
environment="$cache/python-$(sha256sum "$requirements" | cut -c1-12)"
if [ ! -e "$environment/ready" ]; then
  mkdir -p "$cache"
  (
    flock 9
    if [ ! -e "$environment/ready" ]; then
      python3 -m venv "$environment" >&2
      "$environment/bin/pip" install --quiet --disable-pip-version-check --no-deps -r "$requirements" >&2
      touch "$environment/ready"
    fi
  ) 9>"$cache/pip.lock"
fi
echo "$environment/bin/python"
