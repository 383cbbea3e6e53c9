# Without Helm: the plain RayJob, then ./rlhf submit with the pods that it describes.
kubectl create configmap demo-recipe -n "$space" --from-file=recipe.yaml="$here/deployment/recipe.yaml" >/dev/null
kubectl apply -n "$space" -f "$project/deploy/rayjob.yaml" >/dev/null
say "kubectl apply -f deploy/rayjob.yaml"
within 300 "training" trained demo sft 1
succeeded demo 600
same_as demo undisturbed
begun=$SECONDS
"$project/rlhf" submit "$here/deployment/recipe.yaml" --kubernetes --namespace "$space" --pods "$project/deploy/rayjob.yaml" --out /runs/submitted \
  --set runtime=ray --follow >"$directory/logs/submit.log" 2>&1 || fail "./rlhf submit ended with $?: $(tail -5 "$directory/logs/submit.log")"
grep -q "is done; its run is in /runs/submitted" "$directory/logs/submit.log" || fail "./rlhf submit has not said that it is done: $(tail -5 "$directory/logs/submit.log")"
cp -r "$(dirname "$(run_of demo)")/submitted" "$directory/runs/submitted"
holds "./rlhf submit --kubernetes --follow followed its job to the end, in $((SECONDS - begun)) s"
same_as submitted undisturbed
kubectl delete rayjob --all -n "$space" --timeout=60s >/dev/null
kubectl delete -n "$space" -f "$project/deploy/rayjob.yaml" --ignore-not-found --timeout=60s >/dev/null
kubectl delete configmap demo-recipe -n "$space" >/dev/null
within 60 "an empty namespace" nothing_of_ours
holds "deleting them left 0 objects"
