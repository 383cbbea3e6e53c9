# The head's pod is gone, and the driver with it; nothing keeps Ray's memory of its cluster.
install_chart head
within 300 "training" trained head grpo 15
pod="$(pod_of head head)"
killed=$SECONDS
kubectl delete pod "$pod" -n "$space" --grace-period=0 --force >/dev/null 2>&1
say "the head's pod $pod is deleted"
within 300 "another head pod" another_ready head head "$pod"
holds "another head pod is ready $((SECONDS - killed)) s later"
within 300 "a run that goes on" goes_on head
within 60 "training after the loss" trained head grpo $(($(steps_of head grpo) + 1))
holds "the job was started again and trains $((SECONDS - killed)) s after the head's end, $(goes_on head)"
succeeded head 600
same_as head undisturbed
uninstall head
