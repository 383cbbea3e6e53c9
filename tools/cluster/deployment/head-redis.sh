# As in head.sh, but Ray's memory of its cluster is in Redis. The driver is lost all the same, and the job's next try gets a cluster of its own.
install_remembering remembered
within 300 "training" trained remembered grpo 15
[ "$(tables_of remembered)" -gt 0 ] || fail "Ray has no memory in Redis"
loses_head remembered
trains_after_loss remembered
holds "the job was started again and trains $((SECONDS - killed)) s after the head's end, $(goes_on remembered)"
succeeded remembered 600
same_as remembered undisturbed
# First the job with its cluster: KubeRay cleans Redis by a pod that has the head's volumes, and this claim ends with the release.
begun=$SECONDS
kubectl delete rayjob remembered -n "$space" --cascade=foreground --timeout=120s >/dev/null
[ "$(tables_of remembered)" = 0 ] || fail "Redis was not cleaned: it has $(tables_of remembered) tables"
uninstall remembered secret/remembered-password
holds "deleting the job emptied Redis, and helm uninstall left 0 objects but the password, $((SECONDS - begun)) s later"
kubectl delete secret remembered-password -n "$space" >/dev/null
