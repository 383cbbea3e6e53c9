# Samples come from a real vLLM in a pod beside, which is killed in the middle.
begun=$SECONDS
install_chart served -f "$here/deployment/vllm.yaml"
vllm_ready() {
  [ "$(kubectl get pod served-vllm-0 -n "$space" -o jsonpath='{.metadata.uid}')" != "$1" ] &&
    kubectl wait --for=condition=Ready pod/served-vllm-0 -n "$space" --timeout=1s
}

within 600 "a vLLM that makes tokens" vllm_ready ""
holds "vLLM makes tokens after $((SECONDS - begun)) s"
within 600 "training" trained served grpo 15
holds "it trains on vLLM's samples after $((SECONDS - begun)) s"
old="$(kubectl get pod served-vllm-0 -n "$space" -o jsonpath='{.metadata.uid}')"
killed=$SECONDS
kubectl delete pod served-vllm-0 -n "$space" --grace-period=0 --force >/dev/null 2>&1
say "vLLM's pod is deleted"
within 600 "another vLLM" vllm_ready "$old"
holds "another vLLM makes tokens $((SECONDS - killed)) s later"
within 300 "training after the loss" trained served grpo $(($(steps_of served grpo) + 2))
holds "it trains again $((SECONDS - killed)) s after vLLM's end"
succeeded served 900
# It has waited for vLLM, and has given it the weights again.
untroubled served
gap="$(sed -nE 's/.*"rollout_gap":([0-9.eE-]+).*/\1/p' "$directory/runs/served/metrics.jsonl" | sort -g | tail -1)"
awk -v gap="$gap" 'BEGIN {exit !(gap != "" && gap + 0 < 1e-4)}' || fail "vLLM's log-probs are ${gap:-not told} from the learner's"
holds "it went on by itself, and the largest distance of vLLM's log-probs from the learner's, over all steps, is $gap"
uninstall served
holds "helm uninstall left 0 objects"
