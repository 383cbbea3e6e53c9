# How files come out of a release's volume, by the commands of the chart's notes and of docs/kubernetes.md; to be sourced after functions.sh.

# notes_of NAME: the commands of the release's notes that fetch its files.
notes_of() {
  "$helm" get notes "$1" -n "$space" | sed -n '/^Its files/,/delete pod files/s/^  //p'
}

# type_commands COMMANDS: types them in a folder that has the project's deploy/, which is then in typed.
type_commands() {
  typed="$directory/typed"
  mkdir -p "$typed"
  ln -sfn "$project/deploy" "$typed/deploy"
  (cd "$typed" && bash -euo pipefail -c "$1") >"$directory/logs/typed.log" 2>&1 || fail "typed: $1, which said: $(tail -5 "$directory/logs/typed.log")"
}

# has_checkpoint NAME
has_checkpoint() {
  compgen -G "$(run_of "$1")/checkpoints/step-*" >/dev/null
}

# open_files NAME: makes the pod that the notes' commands begin with.
open_files() {
  type_commands "$(notes_of "$1" | sed '/ exec /q')"
}

# copied_while_it_trains NAME: a copy of its folder makes a model and a page.
copied_while_it_trains() {
  local copy
  within 120 "a checkpoint" has_checkpoint "$1"
  # A checkpoint that is deleted meanwhile has a copy fail, as the page says.
  copy="$(notes_of "$1" | sed -n "s#\(kubectl .*\) cp files:/runs/$1/model .*#for try in 1 2 3 4 5; do rm -rf $1; \1 cp files:/runs/$1 $1 \&\& break; done#p")"
  [ -n "$copy" ] || fail "the notes of $1 copy no model: $(notes_of "$1")"
  type_commands "$copy"
  [ "$(field "$1" jobDeploymentStatus)" = Running ] || fail "$1 was not copied while it trained, but when it was $(field "$1" jobDeploymentStatus)"
  type_commands "$(notes_of "$1" | tail -1)"
  "$project/rlhf" export "$typed/$1" --from-checkpoint --to "$typed/early" >"$directory/logs/export.log" 2>&1 || fail "./rlhf export: $(tail -3 "$directory/logs/export.log")"
  "$project/rlhf" report "$typed/$1" >"$directory/logs/report.log" 2>&1 || fail "./rlhf report: $(tail -3 "$directory/logs/report.log")"
  [ -s "$typed/early/model.safetensors" ] && [ -s "$typed/$1/report.html" ] || fail "the copy of $1 made no model or no page"
  holds "while it trains, a copy of its folder makes a model and a page"
}

no_ray_pods() {
  [ "$(objects pod -l "app.kubernetes.io/instance=$1,ray.io/node-type")" = 0 ]
}

# copied_when_done NAME: the notes' commands bring model and page when Ray's pods are gone.
copied_when_done() {
  within 120 "the end of Ray's pods" no_ray_pods "$1"
  type_commands "$(notes_of "$1")"
  diff -r "$typed/$1-model" "$directory/runs/$1/model" >&2 && cmp "$typed/$1-report.html" "$directory/runs/$1/report.html" >&2 ||
    fail "what the notes' commands copied is not what $1 has made"
  holds "Ray's pods are gone, and the notes' commands bring the model and the page of $1"
}
