{{/* Whether the text is a recipe at all; what its keys may be, ./rlhf check says. */}}
{{- define "rlhf.check.recipe" -}}
{{- include "rlhf.mayBe" (list "recipe.path" .Values.recipe.path "recipePath") }}
{{- if and .Values.recipe.text .Values.recipe.path }}
recipe.text and recipe.path are both set; give the recipe's text, or the path of one that is in the image or on the volume
{{- end }}
{{- with .Values.recipe.text }}
{{- $recipe := fromYaml . }}
{{- $broken := regexFind "yaml: .*" (default "" $recipe.Error | toString) | trimPrefix "yaml: " }}
{{- if gt (len .) 1000000 }}
recipe.text has {{ len . }} bytes, but Kubernetes takes 1 MB; put the recipe on the volume and name it: --set recipe.path=/runs/my-recipe.yaml
{{- else if $broken }}
recipe.text is no YAML: {{ $broken }}
{{- else if or (not (hasKey $recipe "model")) (not (kindIs "slice" $recipe.stages)) (not $recipe.stages) }}
recipe.text is no recipe, which is a YAML mapping with a model and a list of stages; give it from a file: --set-file recipe.text=my-recipe.yaml
{{- else }}
{{- include "rlhf.unknownKeys" (dict "recipe" $recipe "blocks" ($.Files.Get "files/recipe-blocks.json" | fromJson)) }}
{{- include "rlhf.paths" (list "" $recipe) }}
{{- end }}
{{- end }}
{{- end -}}

{{/* Keys at the top and kinds of stages that no recipe has; called with the recipe and the blocks of any. */}}
{{- define "rlhf.unknownKeys" -}}
{{- $known := keys .blocks.recipe | sortAlpha }}
{{- range $key := keys .recipe | sortAlpha }}
{{- if not (has $key $known) }}
recipe.text has the key {{ printf "%q" $key }}, which no recipe has; there are: {{ join ", " $known }}
{{- end }}
{{- end }}
{{- $kinds := .blocks.stage }}
{{- range $i, $stage := .recipe.stages }}
{{- $kind := ternary $stage (dict) (kindIs "map" $stage) | dig "kind" "" }}
{{- if not (has $kind $kinds) }}
recipe.text has {{ ternary "no kind" (printf "the kind %q" $kind) (empty $kind) }} in stage {{ add $i 1 }}, which must be one of {{ join ", " $kinds }}
{{- end }}
{{- end }}
{{- end -}}

{{/* Whether each setting is key=value, of a key that a recipe has and the chart does not set itself. */}}
{{- define "rlhf.check.settings" -}}
{{- $blocks := .Files.Get "files/recipe-blocks.json" | fromJson }}
{{- $recipe := default "" .Values.recipe.text | fromYaml }}
{{- $own := list "^runtime$" "^runtime\\.(kind|address|learner|rollout|reward)(\\W|$)" }}
{{- if .Values.vllm.enabled }}
{{- $own = append $own "^generation(\\.(kind|endpoints|model-name)(\\W.*)?)?$" }}
{{- end }}
{{- range $setting := .Values.settings }}
{{- $key := regexFind "^[^=]*" $setting }}
{{- $value := trimPrefix (printf "%s=" $key) $setting }}
{{- if include "rlhf.holdsUser" $setting }}
{{- /* rlhf.check.addresses refuses it without telling its password. */ -}}
{{- else if or (not (regexMatch "^[^=\\s]+=[^\\n]+$" $setting)) (hasKey (fromYaml (printf "value:\n- %s" $value)) "Error") }}
settings has {{ printf "%q" $setting }}, but must have key=value, the value in YAML and on one line, such as stages.ppo.steps=5
{{- else if regexMatch (join "|" $own) $key }}
settings has {{ $key }}, which the chart sets itself; leave it out
{{- else if and $.Values.vllm.enabled (not $.Values.vllm.model) (regexMatch "^model(\\.|$)" $key) }}
settings has {{ $key }}, but vLLM starts with the model that the recipe's own model block says; change it there
{{- else }}
{{- include "rlhf.settingKey" (dict "key" $key "value" $value "blocks" $blocks "recipe" $recipe) }}
{{- end }}
{{- end }}
{{- end -}}

{{/* Follows a key such as stages.ppo.kl.estimator from block to block; one that has kinds may be any, but a stage is what the recipe says. */}}
{{- define "rlhf.settingKey" -}}
{{- $at := list "recipe" -}}
{{- $above := "" -}}
{{- $wrong := "" -}}
{{- $open := false -}}
{{- range $step := regexFindAll "[^.\\[\\]]+" .key -1 -}}
{{- if not (or $wrong $open) -}}
{{- $keys := include "rlhf.keysOf" (dict "at" $at "blocks" $.blocks) | fromJson -}}
{{- if hasPrefix "[" (first $at) -}}
{{- $at = list (first $at | trimAll "[]") -}}
{{- if eq $above "stages" -}}
{{- $names := list -}}
{{- $found := false -}}
{{- range $i, $stage := $.recipe.stages -}}
{{- $stage = ternary $stage (dict) (kindIs "map" $stage) -}}
{{- $names = append $names (get $stage "name" | toString) -}}
{{- if has $step (list (last $names) (toString $i)) -}}
{{- $found = true -}}
{{- $at = list (printf "stage.%s" (get $stage "kind")) -}}
{{- else if kindIs "bool" (get $stage "name") -}}
{{- /* Helm's YAML takes names such as y and no for true and false; the recipe's does not. */ -}}
{{- $open = true -}}
{{- end -}}
{{- end -}}
{{- if and $names (not $found) (not $open) -}}
{{- $wrong = printf "the recipe has no stage %s; there are: %s" $step (join ", " $names) -}}
{{- end -}}
{{- end -}}
{{- else if hasKey $keys $step -}}
{{- $at = get $keys $step -}}
{{- else if and (hasKey $.recipe "jars") (hasPrefix "stages." $above) -}}
{{- $open = true -}}
{{- else if $keys -}}
{{- $wrong = printf "%s has no key %s; there are: %s" (default "a recipe" $above) $step (without (keys $keys | sortAlpha) "kind" | join ", ") -}}
{{- else -}}
{{- $wrong = printf "%s is a single value, without keys" $above -}}
{{- end -}}
{{- $above = ternary (printf "%s.%s" $above $step) $step (ne $above "") -}}
{{- end -}}
{{- end -}}
{{- if and (not $wrong) (not $open) }}
{{- $words := include "rlhf.unfit" (list $at .value) }}
{{- $wrong = and $words (printf "is %q, but must be %s" .value $words) }}
{{- if eq .key "name" }}
{{- $wrong = ternary "" (printf "is %q, but must be letters, digits, '.', '_' and '-'" .value) (regexMatch "^[A-Za-z0-9][A-Za-z0-9._-]*$" .value) }}
{{- end }}
{{- with $wrong }}
settings: {{ $.key }} {{ . }}
{{- end }}
{{- else if $wrong }}
settings has {{ .key }}, but {{ $wrong }}
{{- end }}
{{- end -}}

{{/* The keys of the blocks of these names, whichever their kinds, each with the names of what stands below it. */}}
{{- define "rlhf.keysOf" -}}
{{- $all := dict -}}
{{- range $name := .at -}}
{{- $block := get $.blocks $name -}}
{{- range $kind := ternary $block (list "") (kindIs "slice" $block) -}}
{{- range $key, $below := get $.blocks (printf "%s.%s" $name $kind | trimSuffix ".") | default dict -}}
{{- $_ := set $all $key (get $all $key | default list | concat (list $below) | uniq) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- toJson $all -}}
{{- end -}}
