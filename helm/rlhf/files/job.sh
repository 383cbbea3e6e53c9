# What a Ray job runs: begins the run, or goes on where an earlier try has begun it.
# Usage: sh job.sh RECIPE DIR SETTINGS [ARGUMENT of ./rlhf run]…; SETTINGS is a file with a key=value a line, set over the recipe.
set -eu
recipe=$1
out=$2
settings=$3
shift 3

[ ! -e "$out/resolved.yaml" ] || set -- --resume "$@"
while IFS= read -r setting || [ -n "$setting" ]; do
    [ -z "$setting" ] || set -- "$@" --set "$setting"
done <"$settings"
exec "${RLHF_HOME:-/opt/rlhf}/rlhf" run "$recipe" --out "$out" "$@"
