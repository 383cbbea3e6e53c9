# The head's pod is gone, and with it the driver: Ray's memory of the cluster is not kept.
install_chart head
within 300 "training" trained head grpo 15
pod="$(pod_of head head)"
killed=$SECONDS
kubectl delete pod "$pod" -n "$space" --grace-period=0 --force >/dev/null 2>&1
say "the head's pod $pod is deleted"
within 300 "another head pod" another_ready head head "$pod"
holds "another head pod is ready $((SECONDS - killed)) s later"
run="$(run_of head)"
within 300 "a run that goes on" grep -q "going on after step" "$run/rlhf.log"
holds "the job was started again, $((SECONDS - killed)) s after the kill, and goes on: $(grep -o "going on after step.*" "$run/rlhf.log" | tail -1)"
succeeded head 600
same_as head undisturbed
uninstall head
