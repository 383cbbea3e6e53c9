# The node of the learner's pod is lost, with everything on it.
install_chart worker
within 300 "training" trained worker grpo 15
pod="$(pod_of worker learner)"
node="$(kubectl get pod "$pod" -n "$space" -o jsonpath='{.spec.nodeName}')"
untroubled worker
lost=$SECONDS
"$here/fault" lose-node "$node"
within 120 "a node that is not ready" kubectl wait --for=condition=Ready=Unknown "node/$node" --timeout=1s
holds "Kubernetes notices the loss of $node after $((SECONDS - lost)) s"
"$here/fault" declare-lost "$node"
within 120 "another learner pod" another_ready worker learner "$pod"
holds "another learner pod is ready $((SECONDS - lost)) s after the loss, on $(kubectl get pod "$(pod_of worker learner)" -n "$space" -o jsonpath='{.spec.nodeName}')"
trains_after_loss worker
grep -q "actor learner-0 was lost.*going on after step" "$(run_of worker)/rlhf.log" && [ "$(field worker failed)" = 0 ] ||
  fail "the learner was not lost: its job was started again"
holds "it trains again $((SECONDS - lost)) s after the loss, $(goes_on worker)"
succeeded worker 600
same_as worker undisturbed
"$here/fault" return-node "$node"
within 60 "the node's return" kubectl wait --for=condition=Ready "node/$node" --timeout=1s
uninstall worker
