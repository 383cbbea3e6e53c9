# What up, down and fault share; to be sourced.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
directory="${RLHF_CLUSTER:-/tmp/rlhf-cluster}"
bridge=rlhf0
network=10.213       # .0.0/16: .0.1 the bridge and the API server, .0.10 and on the nodes, .N.0/24 the pods of the Nth
services=10.214.0.0/16
export KUBECONFIG="$directory/kubeconfig"

fail() {
  echo "cluster: $*" >&2
  exit 1
}

say() {
  printf '%s cluster: %s\n' "$(date -u +%H:%M:%S.%3N)" "$*" >&2
}

[ "$(uname -s)" = Linux ] || fail "it needs Linux, whose namespaces take the place of containers"
[ "$(id -u)" = 0 ] || fail "it needs root, to make namespaces and a bridge"

# within SECONDS WHAT COMMAND…: waits until the command succeeds.
within() {
  local deadline=$((SECONDS + $1)) what="$2"
  shift 2
  until "$@" >"$directory/last" 2>&1; do
    [ $SECONDS -lt $deadline ] || fail "$what did not come about in time: $(tail -3 "$directory/last"); the logs are in $directory/logs"
    sleep 0.3
  done
}

# start NAME COMMAND…: a process of the cluster, which goes on when this shell ends.
start() {
  local name="$1"
  shift
  setsid "$@" </dev/null >>"$directory/logs/$name.log" 2>&1 &
  echo $! >"$directory/pids/$name"
}

# stop NAME [SIGNAL]
stop() {
  local file="$directory/pids/$1"
  [ -e "$file" ] || return 0
  kill -"${2:-TERM}" "$(cat "$file")" 2>/dev/null || true
  rm -f "$file"
}

# clear_node NODE: ends every process of the node's pods, their namespaces and mounts, as a machine does that loses its power.
clear_node() {
  local node="$1" file pid space path
  stop "$node" KILL
  for file in "$directory/nodes/$node"/containers/*/pid; do
    [ -e "$file" ] || continue
    pid="$(cat "$file")"
    # Only a process that is the first of a namespace of its own is a container's: the number may be another's by now.
    if grep -q "^NSpid:.*[[:space:]]1$" "/proc/$pid/status" 2>/dev/null; then
      kill -KILL "$pid" 2>/dev/null || true
    fi
  done
  for space in $(ip netns list | awk -v node="$node" '$1 ~ "^" node "-[0-9a-f]+$" {print $1}'); do
    ip netns delete "$space"
  done
  while read -r path; do
    umount -l "$path" || true
  done < <(awk -v at="$directory/nodes/$node/" 'index($2, at) == 1 {print $2}' /proc/self/mounts | sort -r)
}
