# Undisturbed: install, train, SUCCEEDED, its files fetched; the run that the others are compared with. Where there can be a Prometheus, it watches.
if [ -n "$prometheus" ]; then
  start_prometheus
fi
begun=$SECONDS
install_chart undisturbed
within 120 "a head pod" another_ready undisturbed head ""
holds "the operator's head pod is ready after $((SECONDS - begun)) s"
open_files undisturbed
within 240 "the first steps" trained undisturbed sft 1
holds "it trains after $((SECONDS - begun)) s"
copied_while_it_trains undisturbed
succeeded undisturbed 600
say "install to SUCCEEDED took $((SECONDS - begun)) s"
if [ -n "$prometheus" ]; then
  scraped undisturbed
fi
copied_when_done undisturbed
uninstall undisturbed
holds "helm uninstall left 0 objects"
