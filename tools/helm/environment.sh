#!/usr/bin/env bash
# Builds (once) a pinned Helm from its source, for the tests of the chart, and prints the program's path.
# Usage: environment.sh [VERSION]. Needs Go and its module proxy; a few minutes on two cores, 70 MB outside the tree.
# Prints nothing, and on the standard error why, where there can be none.
set -euo pipefail
version="${1:-v3.22.0}"
folder="${RLHF_CACHE:-$HOME/.cache/rlhf}/helm-$version"
if [ ! -x "$folder/helm" ]; then
  "$(dirname "${BASH_SOURCE[0]}")/../go_version.sh" 1.26.0 Helm "the tests of the chart" || exit 0
  mkdir -p "$folder"
  (
    flock 9
    if [ ! -x "$folder/helm" ]; then
      echo "building Helm $version, once" >&2
      # As Helm's own build does: without them it takes itself for one of Kubernetes 1.20, which charts refuse.
      flags="-s -w -X helm.sh/helm/v3/internal/version.version=$version"
      for package in chartutil lint/rules; do
        flags="$flags -X helm.sh/helm/v3/pkg/$package.k8sVersionMajor=1 -X helm.sh/helm/v3/pkg/$package.k8sVersionMinor=32"
      done
      GOBIN="$folder/building" CGO_ENABLED=0 go install -ldflags "$flags" "helm.sh/helm/v3/cmd/helm@$version" >&2
      mv "$folder/building/helm" "$folder/helm"
      rmdir "$folder/building"
    fi
  ) 9>"$folder.lock"
fi
echo "$folder/helm"
