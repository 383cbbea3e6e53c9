#!/usr/bin/env bash
# Makes (once) a Python environment with TensorBoard and an MLflow server, for the tests of what trackers are told, and prints its folder.
# Its name carries a hash of the pinned requirements. About 1 GB.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
. "$here/../python_environment.sh"
make_environment "trackers-$(hash_of "$here/requirements.txt")" --no-deps -r "$here/requirements.txt"
echo "$environment"
