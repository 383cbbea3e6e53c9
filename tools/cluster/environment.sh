#!/usr/bin/env bash
# Builds (once) the programs of a Kubernetes for tests and prints their folder: etcd, the control plane, the KubeRay operator with its manifests,
# the CRDs of the Prometheus operator, and the test kubelet of this folder. About ten minutes on two cores and 4 GB of Go's own caches.
# Prints nothing, and on the standard error why, where there can be none.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
kuberay=github.com/ray-project/kuberay/ray-operator@v1.5.0
kubernetes=v1.32.3

if [ "$(uname -s)" != Linux ] || [ "$(id -u)" != 0 ]; then
  echo "no cluster here: it needs Linux and root, for network and process namespaces; the tests on a cluster will be skipped" >&2
  exit 0
fi
if ! go version 2>/dev/null | awk '{split($3, v, "[.o]"); exit !(v[3] > 1 || v[4] >= 24)}'; then
  echo "no cluster here: it needs Go 1.24 or newer, to build Kubernetes; the tests on a cluster will be skipped" >&2
  exit 0
fi
for program in ip nsenter unshare openssl kubectl; do
  if ! command -v "$program" >/dev/null; then
    echo "no cluster here: it needs the program $program; the tests on a cluster will be skipped" >&2
    exit 0
  fi
done
# What the cluster makes all the time: every kind of namespace, and in one of a network a bridge, a pair and an address.
if ! refusal="$(unshare --net --mount --pid --ipc --uts --fork sh -c \
  'ip link add probe type bridge && ip link add outer type veth peer name inner && ip address add 10.213.0.1/16 dev probe' 2>&1)"; then
  echo "no cluster here: this machine lets even root make no namespaces or no network in them ($refusal); the tests on a cluster will be skipped" >&2
  exit 0
fi

cache="${RLHF_CACHE:-$HOME/.cache/rlhf}"
environment="$cache/cluster-$(cat "$here"/{,crds/}go.{mod,sum} "$here/environment.sh" | sha256sum | cut -c1-12)"
kubelet="$environment/test-kubelet-$(cat "$here"/kubelet/*.go | sha256sum | cut -c1-12)"
version="-X k8s.io/component-base/version.gitVersion=$kubernetes -X k8s.io/component-base/version.gitMajor=1 -X k8s.io/component-base/version.gitMinor=32"
export CGO_ENABLED=0

# build NAME PACKAGE: one program of this folder's module.
build() {
  [ -e "$environment/$1" ] && return
  echo "cluster: building $1" >&2
  (cd "$here" && go build -trimpath -ldflags "-s -w $version" -o "$environment/$1.new" "$2") >&2
  mv "$environment/$1.new" "$environment/$1"
}

# folder MODULE@VERSION: where Go keeps the module's files.
folder() {
  (cd / && go mod download -json "$1") | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p'
}

build_all() {
  build etcd go.etcd.io/etcd/server/v3
  build kube-apiserver k8s.io/kubernetes/cmd/kube-apiserver
  build kube-controller-manager k8s.io/kubernetes/cmd/kube-controller-manager
  build kube-scheduler k8s.io/kubernetes/cmd/kube-scheduler
  if [ ! -e "$environment/ray-operator" ]; then
    echo "cluster: building the KubeRay operator" >&2
    (cd / && GOBIN="$environment" go install -trimpath -ldflags "-s -w" "$kuberay") >&2
  fi
  rm -rf "$environment/kuberay" "$environment/monitoring"
  cp -r "$(folder "$kuberay")/config" "$environment/kuberay"
  chmod -R u+w "$environment/kuberay"
  sed -i 's/^namespace: .*/namespace: kuberay-system/' "$environment/kuberay/default/kustomization.yaml"
  echo "cluster: making the CRDs of the Prometheus operator" >&2
  (cd "$here/crds" && go tool controller-gen crd paths=github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1 \
    output:crd:dir="$environment/monitoring") >&2
}

mkdir -p "$environment"
(
  flock 9
  [ -e "$environment/ready" ] || build_all
  touch "$environment/ready"
  build "${kubelet##*/}" ./kubelet
  ln -sfn "${kubelet##*/}" "$environment/test-kubelet"
) 9>"$environment.lock"
echo "$environment"
