# A mistake that the chart cannot see costs one cluster and no other try: the job stops itself before the run begins.
install_chart refused --set 'settings={stages.grpo.from=nobody}'
within 240 "the end of RayJob refused" in_state refused Complete
[ "$(field refused jobStatus)" = STOPPED ] || fail "RayJob refused ended as $(field refused jobStatus)"
[ "$(field refused failed)" = 0 ] || fail "RayJob refused was tried again: $(field refused failed) failures"
said="$(kubectl logs -n "$space" -l app.kubernetes.io/instance=refused,app.kubernetes.io/component=submitter --tail=-1)"
grep -q "stages.grpo.from" <<<"$said" || fail "the log of refused does not name the key: $(tail -5 <<<"$said")"
[ ! -e "$(run_of refused)" ] || fail "a run was begun"
holds "RayJob refused is STOPPED and is not tried again: $(grep "stages.grpo.from" <<<"$said" | tail -1)"
uninstall refused
