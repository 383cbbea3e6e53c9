# A Prometheus that scrapes all releases; to be sourced after functions.sh.
start_prometheus() {
  ! kubectl get pod prometheus -n monitoring >/dev/null 2>&1 || return 0
  kubectl create namespace monitoring >/dev/null
  kubectl create configmap prometheus -n monitoring \
    --from-file=prometheus.yml=<(sed 's/scrape_interval: 15s/scrape_interval: 3s/' "$project/deploy/prometheus/kubernetes.yml") >/dev/null
  kubectl create -f "$here/deployment/prometheus.yaml" >/dev/null
  within 60 "a Prometheus" kubectl wait --for=condition=Ready pod/prometheus -n monitoring --timeout=1s
}

# asked EXPRESSION: the value of the first series.
asked() {
  kubectl exec prometheus -n monitoring -- curl -fsS --get --data-urlencode "query=$1" http://127.0.0.1:9090/api/v1/query |
    sed -nE 's/.*"value":\[[0-9.]+,"([^"]+)"\].*/\1/p'
}

# scraped NAME: of a release that has trained, Prometheus has every pod's numbers and the run's own.
scraped() {
  local targets tokens
  targets="$(asked "count(max_over_time(up{release=\"$1\"}[1h]) == 1)")"
  [ "$targets" = 4 ] || fail "Prometheus has scraped ${targets:-none} of the 4 ports of release $1"
  tokens="$(asked "sum(max_over_time(rlhf_trained_tokens_total{release=\"$1\"}[1h]))")"
  [ "${tokens%%.*}" -gt 0 ] || fail "Prometheus has no trained tokens of release $1"
  holds "a real Prometheus has scraped the head, the run and both workers: $tokens tokens trained"
}
