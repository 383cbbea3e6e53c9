# What a Ray job runs: begins the run, or goes on where an earlier try has begun it. A recipe that is refused is not tried again.
# Usage: sh job.sh RECIPE DIR SETTINGS [ARGUMENT of ./rlhf run]…; SETTINGS is a file with a key=value a line, set over the recipe.
set -eu
recipe=$1
out=$2
settings=$3
shift 3

# launch ARGUMENT…: becomes the program, with every setting.
launch() {
    while IFS= read -r setting || [ -n "$setting" ]; do
        [ -z "$setting" ] || set -- "$@" --set "$setting"
    done <"$settings"
    exec "${RLHF_HOME:-/opt/rlhf}/rlhf" "$@"
}

# KubeRay tries a job again that failed, but not one that was stopped: the job stops itself.
end_for_good() {
    job=$(printf %s "${RAY_JOB_CONFIG_JSON_ENV_VAR:-}" | sed -n 's/.*"job_submission_id": *"\([^"]*\)".*/\1/p')
    [ -z "$job" ] || ! ray job stop --address http://127.0.0.1:8265 --no-wait "$job" || sleep 60
    exit 2
}

if [ -e "$out/resolved.yaml" ]; then
    launch run "$recipe" --out "$out" --resume "$@"
fi
code=0
(launch check "$recipe") >/dev/null || code=$?
[ "$code" != 2 ] || end_for_good
launch run "$recipe" --out "$out" "$@"
