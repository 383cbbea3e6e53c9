# The head's pod is gone, and the driver with it; nothing keeps Ray's memory of its cluster.
install_chart head
within 300 "training" trained head grpo 15
loses_head head
trains_after_loss head
holds "the job was started again and trains $((SECONDS - killed)) s after the head's end, $(goes_on head)"
succeeded head 600
same_as head undisturbed
uninstall head
