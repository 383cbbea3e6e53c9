# What a user changes of a release: upgrade, rollback, uninstall.
install_chart changes --set mode=cluster
within 180 "a head pod" another_ready changes head ""
head="$(pod_of changes head)"
policies() {
  [ "$(objects networkpolicy -l app.kubernetes.io/instance=changes)" = "$1" ]
}

release() {
  "$helm" "$@" -n "$space" >>"$directory/logs/helm.log" 2>&1 || fail "helm $1: $(tail -3 "$directory/logs/helm.log")"
}

policies 1 || fail "there is no network policy before the upgrade"
release upgrade changes "$project/helm/rlhf" --reuse-values --set networkPolicy=false --set ray.rollout.replicas=2
within 20 "no network policy" policies 0
rollouts() {
  [ "$(objects pod -l app.kubernetes.io/component=rollout --field-selector status.phase=Running)" = "$1" ]
}
within 120 "a second rollout pod" rollouts 2
[ "$(pod_of changes head)" = "$head" ] || fail "the upgrade gave the cluster another head"
holds "helm upgrade took a policy away and added a rollout pod to the running cluster"
release rollback changes 1
within 20 "the network policy" policies 1
within 120 "one rollout pod" rollouts 1
[ "$(pod_of changes head)" = "$head" ] || fail "the rollback gave the cluster another head"
holds "helm rollback gave the policy back and took the pod away"
uninstall changes
holds "helm uninstall left 0 objects"
