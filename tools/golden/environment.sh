#!/usr/bin/env bash
# Makes (once) the Python environment of the golden vectors and of the peers in bench/, and prints its interpreter.
# Its name carries a hash of the pinned requirements.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
. "$here/../python_environment.sh"
requirements="${1:-$here/requirements.txt}"
make_environment "python-$(hash_of "$requirements")" --no-deps -r "$requirements"
echo "$environment/bin/python"
