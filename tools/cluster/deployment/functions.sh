# What the parts of end-to-end share; to be sourced after common.sh.
space=rlhf
count=0
export LC_ALL=C

holds() {
  count=$((count + 1))
  say "ok $count $*"
}

make_namespace() {
  kubectl get namespace "$space" >/dev/null 2>&1 || kubectl create -f "$here/deployment/namespace.yaml" >/dev/null
  within 20 "the namespace's service account" kubectl get serviceaccount default -n "$space"
}

# install NAME [OPTION of helm install]…
install_chart() {
  local name="$1"
  shift
  "$helm" install "$name" "$project/helm/rlhf" -n "$space" -f "$here/deployment/values.yaml" \
    --set-file recipe.text="$here/deployment/recipe.yaml" "$@" >"$directory/logs/helm.log" 2>&1 || fail "helm install: $(cat "$directory/logs/helm.log")"
  say "helm install $name"
}

# install_remembering NAME [OPTION of helm install]…: Ray keeps its memory of the cluster in a Redis, which asks for a password.
install_remembering() {
  kubectl create secret generic "$1-password" -n "$space" --from-literal=password="$(openssl rand -hex 16)" >/dev/null
  install_chart "$@" --set headFaultTolerance.enabled=true --set headFaultTolerance.password.secret="$1-password" \
    --set headFaultTolerance.password.key=password
}

# tables_of NAME: how many tables of Ray's are in the release's Redis.
tables_of() {
  kubectl exec "$1-redis-0" -n "$space" -- redis-cli dbsize
}

# field NAME PATH: one field of the RayJob.
field() {
  kubectl get rayjob "$1" -n "$space" -o jsonpath="{.status.$2}"
}

# in_state NAME DEPLOYMENT-STATUS
in_state() {
  local state
  state="$(field "$1" jobDeploymentStatus)"
  [ "$state" = "$2" ] && return
  [ "$state" != Failed ] || fail "RayJob $1 has failed: $(field "$1" reason) $(field "$1" message)"
  return 1
}

# run_of NAME: where the run's directory lies on this machine.
run_of() {
  local claim
  claim="$(kubectl get persistentvolumeclaim "${2:-$1-runs}" -n "$space" -o jsonpath='{.metadata.uid}')"
  echo "$directory/volumes/$space-${2:-$1-runs}-${claim:0:8}/$1"
}

# objects KIND [OPTION of kubectl get]…: how many there are; fails where that is not known.
objects() {
  local found
  found="$(kubectl get "$1" -n "$space" -o name "${@:2}")" || return 1
  grep -c . <<<"$found" || true
}

# steps_of NAME STAGE: how many steps of the stage are in the metrics.
steps_of() {
  local file
  file="$(run_of "$1")/metrics.jsonl"
  if [ -e "$file" ]; then grep -c "\"stage\":\"$2\"" "$file" || true; else echo 0; fi
}

# trained NAME STAGE STEPS
trained() {
  [ "$(steps_of "$1" "$2")" -ge "$3" ]
}

# goes_on NAME: the run's log says from which step it went on after a loss, the last time.
goes_on() {
  grep -o "going on after step [0-9]*" "$(run_of "$1")/rlhf.log" | tail -1 | grep .
}

# untroubled NAME: it has not gone on from a checkpoint, as it does after a loss or when its job is started again.
untroubled() {
  ! goes_on "$1" || fail "$1 has gone on from a checkpoint unasked"
}

# loses_head NAME: its pod is deleted at once, with all that ran there, and another becomes ready; killed is when.
loses_head() {
  local pod
  untroubled "$1"
  pod="$(pod_of "$1" head)"
  killed=$SECONDS
  kubectl delete pod "$pod" -n "$space" --grace-period=0 --force >/dev/null 2>&1
  say "the head's pod $pod is deleted"
  within 300 "another head pod" another_ready "$1" head "$pod"
  holds "another head pod is ready $((SECONDS - killed)) s later"
}

# trains_after_loss NAME: it has gone on from a checkpoint, and makes steps.
trains_after_loss() {
  within 300 "a run that goes on" goes_on "$1"
  within 60 "training after the loss" trained "$1" grpo $(($(steps_of "$1" grpo) + 1))
}

# pod_of NAME COMPONENT: the newest such pod that is not being deleted; the one that cleans a Redis is made as a head's is.
pod_of() {
  kubectl get pod -n "$space" -l "app.kubernetes.io/instance=$1,app.kubernetes.io/component=$2,ray.io/node-type!=redis-cleanup" --sort-by=.metadata.creationTimestamp \
    -o jsonpath='{range .items[*]}{.metadata.name} {.metadata.deletionTimestamp}{"\n"}{end}' | awk 'NF == 1 {name = $1} END {print name}'
}

# another_ready NAME COMPONENT OLD: a pod other than the old one is ready.
another_ready() {
  local pod
  pod="$(pod_of "$1" "$2")"
  [ -n "$pod" ] && [ "$pod" != "$3" ] && kubectl wait --for=condition=Ready "pod/$pod" -n "$space" --timeout=1s
}

# succeeded NAME SECONDS: waits for the RayJob's end, and holds what must be there then; keeps a copy of the run.
succeeded() {
  local name="$1" begun=$SECONDS run
  within "$2" "the end of RayJob $name" in_state "$name" Complete
  [ "$(field "$name" jobStatus)" = SUCCEEDED ] || fail "RayJob $name ended as $(field "$name" jobStatus)"
  run="$(run_of "$name")"
  [ -s "$run/model/model.safetensors" ] || fail "there is no model in $run"
  mkdir -p "$directory/runs"
  cp -r "$run" "$directory/runs/$name"
  holds "RayJob $name is SUCCEEDED, its model in the volume: $(stat -c %s "$run/model/model.safetensors") bytes"
}

# same_as NAME OTHER: weights and metrics are those of the other run, to the byte but for times.
same_as() {
  local a="$directory/runs/$1" b="$directory/runs/$2"
  diff -r "$a/model" "$b/model" >&2 || fail "the models of $1 and $2 differ"
  diff <(without_times "$a/metrics.jsonl") <(without_times "$b/metrics.jsonl") >&2 || fail "the metrics of $1 and $2 differ"
  holds "the final weights and all $(wc -l <"$a/metrics.jsonl") lines of metrics of $1 are those of the undisturbed run"
}

without_times() {
  sed -E 's/"time_[a-z_0-9]+":[^,}]*,?//g' "$1"
}

# uninstall NAME [OBJECT]…: the release, and whatever it made, but for the objects.
uninstall() {
  "$helm" uninstall "$1" -n "$space" --wait >>"$directory/logs/helm.log" 2>&1 || fail "helm uninstall: $(tail -3 "$directory/logs/helm.log")"
  shift
  within 120 "an empty namespace" nothing_of_ours "$@"
}

# nothing_of_ours [OBJECT]…: of all kinds of objects, the namespace has what every namespace has, and these.
nothing_of_ours() {
  local kinds found left every="serviceaccount/default configmap/kube-root-ca.crt"
  kinds="$(kubectl api-resources --namespaced --verbs=list -o name | grep -v '^events' | paste -sd, -)"
  found="$(kubectl get "$kinds" -n "$space" -o name --ignore-not-found 2>/dev/null)" || true
  # An API server that does not answer has nothing, not even these.
  [ "$(grep -cxF -f <(tr ' ' '\n' <<<"$every") <<<"$found")" = 2 ] || return 1
  left="$(grep -vxF -f <(tr ' ' '\n' <<<"$every"; printf '%s\n' "$@") <<<"$found")" || true
  echo "$left"
  [ -z "$left" ]
}

# After a failure: what the cluster says.
show_what_happened() {
  kubectl get pods,jobs,rayjobs,rayclusters -n "$space" -o wide || true
  kubectl get events -n "$space" --sort-by=.lastTimestamp | tail -25 || true
  local pod
  for pod in $(kubectl get pods -n "$space" -o name); do
    echo "--- $pod"
    kubectl logs "$pod" -n "$space" --all-containers --tail=15 || true
  done
  kubectl logs -n kuberay-system deployment/kuberay-operator --tail=20 || true
}
