#!/usr/bin/env bash
# Builds (once) a pinned Prometheus with its promtool from their source, for the tests of what is scraped, shown and alerted on, and prints
# their folder. Module version 0.x.y is Prometheus x/100.x%100.y. Needs Go and its module proxy; 130 MB outside the tree beside Go's own caches.
# Prints nothing, and on the standard error why, where there can be none.
set -euo pipefail
version=v0.316.0
folder="${RLHF_CACHE:-$HOME/.cache/rlhf}/prometheus-$version"
if [ ! -e "$folder/ready" ]; then
  "$(dirname "${BASH_SOURCE[0]}")/../go_version.sh" 1.26.7 Prometheus "the tests with Prometheus" || exit 0
  mkdir -p "$folder"
  (
    flock 9
    if [ ! -e "$folder/ready" ]; then
      echo "building Prometheus $version, once" >&2
      # Without the clients of clouds, of which discovery in a Kubernetes alone is of use to us.
      GOBIN="$folder" CGO_ENABLED=0 go install -trimpath -tags remove_all_sd,enable_kubernetes_sd -ldflags "-s -w" \
        "github.com/prometheus/prometheus/cmd/prometheus@$version" "github.com/prometheus/prometheus/cmd/promtool@$version" >&2
      touch "$folder/ready"
    fi
  ) 9>"$folder.lock"
fi
echo "$folder"
