# A Ray cluster that waits for runs, with its memory in Redis: the head's pod is gone, the workers live on, and the run is submitted again.
install_remembering kept --set mode=cluster --set storage.keep=true
within 300 "a Ray cluster" kubectl wait --for=jsonpath='{.status.state}'=ready raycluster/kept -n "$space" --timeout=1s

# raylets: the names that Ray gave its living workers, as the head knows them.
raylets() {
  kubectl exec "$(pod_of kept head)" -n "$space" -c ray-head -- python -c "import ray
ray.init(address='auto', logging_level='ERROR', log_to_driver=False)
for node in ray.nodes():
    if node['Alive'] and 'node:__internal_head__' not in node['Resources']:
        print(node['NodeID'])" | sort
}

two_raylets() {
  [ "$(raylets | tee /dev/stderr | wc -l)" = 2 ]
}

same_raylets() {
  diff <(echo "$raylets") <(raylets)
}

# worker_pods: of each the identity, and how often its container was started again.
worker_pods() {
  kubectl get pod -n "$space" -l app.kubernetes.io/instance=kept,ray.io/node-type=worker \
    -o jsonpath='{range .items[*]}{.metadata.name} {.metadata.uid} restarts={.status.containerStatuses[0].restartCount}{"\n"}{end}' | sort
}

# reach_head: the dashboard at a port of this machine, as the chart's notes say.
reach_head() {
  kubectl port-forward service/kept-head-svc -n "$space" 8265 >>"$directory/logs/port-forward.log" 2>&1 &
  forwarding=$!
  within 60 "the dashboard" curl -fsS --max-time 3 http://127.0.0.1:8265/api/version
}

# submit [OPTION of rlhf submit]…: with what the chart says of actors and their places; sets job to its name.
submit() {
  local setting settings=()
  while read -r setting; do
    settings+=(--set "$setting")
  done < <(kubectl get configmap kept-recipe -n "$space" -o jsonpath='{.data.settings}{"\n"}')
  "$project/rlhf" submit "$here/deployment/recipe.yaml" --home /opt/rlhf --out /runs/kept "${settings[@]}" "$@" >"$directory/logs/submit.log" 2>&1 ||
    fail "./rlhf submit ended with $?: $(tail -5 "$directory/logs/submit.log")"
  job="$(sed -nE 's/^job (rlhf-[^ ]+) at .*/\1/p' "$directory/logs/submit.log")"
  [ -n "$job" ] || fail "./rlhf submit named no job: $(tail -5 "$directory/logs/submit.log")"
}

# ended JOB CODE: by its status, the job ended so.
ended() {
  local code=0 said
  said="$("$project/rlhf" status "$1")" || code=$?
  echo "$said"
  [ "$code" = "$2" ] && [[ "$said" != *" is running"* ]]
}

within 60 "two workers" two_raylets
reach_head
submit
within 300 "training" trained kept grpo 15
raylets="$(raylets)"
pods="$(worker_pods)"
lost="$job"
kill "$forwarding" 2>/dev/null || true
loses_head kept
within 90 "the workers from before the loss" same_raylets
[ "$(worker_pods)" = "$pods" ] || fail "the workers' pods are not those from before the loss: $(diff <(echo "$pods") <(worker_pods))"
holds "the new head has both workers from before, their pods and Ray processes never ended: $((SECONDS - killed)) s after the head's end"
reach_head
# Ray looks after the jobs that its memory has when the next one is submitted.
"$project/rlhf" status "$lost" >"$directory/last" 2>&1 || fail "the new head does not know the lost job: $(tail -3 "$directory/last")"
holds "the new head knows the lost job, as one that runs"
submit --resume
trains_after_loss kept
holds "submitted again, it trains $((SECONDS - killed)) s after the head's end, $(goes_on kept)"
within 60 "the end of the lost job" ended "$lost" 3
holds "the lost job is known to be lost: $(sed -n '$s/; go on with.*//p' "$directory/last")"
within 300 "the run's end" ended "$job" 0
[ "$(worker_pods)" = "$pods" ] || fail "the workers' pods are not those from before the loss: $(diff <(echo "$pods") <(worker_pods))"
cp -r "$(run_of kept)" "$directory/runs/kept"
same_as kept undisturbed
kill "$forwarding" 2>/dev/null || true
begun=$SECONDS
uninstall kept secret/kept-password persistentvolumeclaim/kept-runs
holds "helm uninstall left the claim and the password, as it should, and nothing else $((SECONDS - begun)) s later"
kubectl delete -n "$space" secret/kept-password persistentvolumeclaim/kept-runs --timeout=60s >/dev/null
