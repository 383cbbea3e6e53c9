#!/usr/bin/env bash
# Usage: go_version.sh VERSION WHAT TESTS. Succeeds where there is a Go of that version or newer, or one that fetches it by itself, as Go 1.21 and newer do
# unless GOTOOLCHAIN is local. Else says on the standard error why there can be no WHAT, and that TESTS will be skipped.
set -euo pipefail
if ! command -v go >/dev/null; then
  echo "no $2 here: it is built with Go, and there is no go on the PATH (https://go.dev/dl); $3 will be skipped" >&2
  exit 1
fi
found="$(go env GOVERSION)"
found="${found#go}"
least="$1"
if [ "$(go env GOTOOLCHAIN)" != local ]; then
  least=1.21
fi
if ! printf '%s\n' "$least" "$found" | sort --version-sort --check=silent; then
  echo "no $2 here: it needs Go $1 or newer, and the go on the PATH is $found (https://go.dev/dl); $3 will be skipped" >&2
  exit 1
fi
