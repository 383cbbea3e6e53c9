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
{{- include "rlhf.unknownKeys" (dict "recipe" $recipe "schema" ($.Files.Get "files/recipe.schema.json" | fromJson)) }}
{{- end }}
{{- end }}
{{- end -}}

{{/* Keys at the top and kinds of stages that no recipe has; called with the recipe and its JSON schema. */}}
{{- define "rlhf.unknownKeys" -}}
{{- $known := keys .schema.properties | sortAlpha }}
{{- range $key := keys .recipe | sortAlpha }}
{{- if not (has $key $known) }}
recipe.text has the key {{ printf "%q" $key }}, which no recipe has; there are: {{ join ", " $known }}
{{- end }}
{{- end }}
{{- $kinds := (get (get .schema "$defs") "stage-1").properties.kind.enum }}
{{- range $i, $stage := .recipe.stages }}
{{- $kind := ternary $stage (dict) (kindIs "map" $stage) | dig "kind" "" }}
{{- if not (has $kind $kinds) }}
recipe.text has {{ ternary "no kind" (printf "the kind %q" $kind) (empty $kind) }} in stage {{ add $i 1 }}, which must be one of {{ join ", " $kinds }}
{{- end }}
{{- end }}
{{- end -}}

{{/* Whether each setting is key=value, of a key that a recipe has and the chart does not set itself. */}}
{{- define "rlhf.check.settings" -}}
{{- $schema := ternary (.Files.Get "files/recipe.schema.json" | fromJson) dict (gt (len .Values.settings) 0) }}
{{- $recipe := default "" .Values.recipe.text | fromYaml }}
{{- $own := ternary (list "runtime" "runtime.kind" "generation" "generation.kind" "generation.endpoints" "generation.model-name") (list "runtime" "runtime.kind") .Values.vllm.enabled }}
{{- range $setting := .Values.settings }}
{{- $key := regexFind "^[^=]*" $setting }}
{{- $value := trimPrefix (printf "%s=" $key) $setting }}
{{- if or (not (regexMatch "^[^=\\s]+=[^\\n]+$" $setting)) (hasKey (fromYaml (printf "value:\n- %s" $value)) "Error") }}
settings has {{ printf "%q" $setting }}, but must have key=value, the value in YAML and on one line, such as stages.ppo.steps=5
{{- else if has $key $own }}
settings has {{ $key }}, which the chart sets itself; leave it out
{{- else if and $.Values.vllm.enabled (not $.Values.vllm.model) (regexMatch "^model(\\.|$)" $key) }}
settings has {{ $key }}, but vLLM starts with the model that the recipe's own model block says; change it there
{{- else }}
{{- include "rlhf.settingKey" (dict "key" $key "schema" $schema "recipe" $recipe) }}
{{- end }}
{{- end }}
{{- end -}}

{{/* Follows a key such as stages.ppo.kl.estimator through the recipe's JSON schema, step by step, wherever several kinds may stand through each. */}}
{{- define "rlhf.settingKey" -}}
{{- $root := . -}}
{{- $state := dict "nodes" (list .schema) "above" "" "wrong" "" -}}
{{- range $step := regexFindAll "[^.\\[\\]]+" .key -1 -}}
{{- if and (not $state.wrong) (not $state.open) -}}
{{- include "rlhf.settingStep" (list $root $state $step) -}}
{{- end -}}
{{- end -}}
{{- with $state.wrong }}
{{ . }}
{{- end -}}
{{- end -}}

{{/* One step; leaves what may stand there, or what is wrong, in the state. */}}
{{- define "rlhf.settingStep" -}}
{{- $root := index . 0 -}}
{{- $state := index . 1 -}}
{{- $step := index . 2 -}}
{{- $places := dict "items" list "keys" dict "kinds" list -}}
{{- range $node := $state.nodes -}}
{{- include "rlhf.settingPlaces" (list $root $state $node $places) -}}
{{- end -}}
{{- if $places.items -}}
{{- $_ := set $state "nodes" $places.items -}}
{{- if eq $state.above "stages" -}}
{{- include "rlhf.settingStage" (list $root $state $step) -}}
{{- end -}}
{{- else if hasKey $places.keys $step -}}
{{- $_ := set $state "nodes" (get $places.keys $step) -}}
{{- $_ := unset $state "kind" -}}
{{- else if not (and (hasKey $root.recipe "jars") (hasPrefix "stages." $state.above)) -}}
{{- $there := without (keys $places.keys | sortAlpha) "kind" -}}
{{- $_ := set $state "wrong" (printf "settings has %s, but %s has no key %s; there are: %s" $root.key (default "a recipe" $state.above) $step (join ", " $there)) -}}
{{- if not $there -}}
{{- $_ := set $state "wrong" (printf "settings has %s, but %s is a single value, without keys" $root.key $state.above) -}}
{{- end -}}
{{- else -}}
{{- $_ := set $state "open" true -}}
{{- end -}}
{{- $_ := set $state "above" (ternary (printf "%s.%s" $state.above $step) $step (ne $state.above "")) -}}
{{- end -}}

{{/* Of which kind the stage is that a step names, or that there is no such stage. */}}
{{- define "rlhf.settingStage" -}}
{{- $state := index . 1 -}}
{{- $step := index . 2 -}}
{{- $names := list -}}
{{- range $i, $stage := (index . 0).recipe.stages -}}
{{- $stage = ternary $stage (dict) (kindIs "map" $stage) -}}
{{- $names = append $names (get $stage "name" | toString) -}}
{{- if or (eq $step (last $names)) (eq $step (toString $i)) -}}
{{- $_ := set $state "kind" (get $stage "kind") -}}
{{- else if kindIs "bool" (get $stage "name") -}}
{{- /* Helm's YAML takes names such as y and no for true and false; the recipe's does not. */ -}}
{{- $_ := set $state "open" true -}}
{{- end -}}
{{- end -}}
{{- if and $names (not $state.kind) (not $state.open) -}}
{{- $_ := set $state "wrong" (printf "settings has %s, but the recipe has no stage %s; there are: %s" (index . 0).key $step (join ", " $names)) -}}
{{- end -}}
{{- end -}}

{{/* What may stand in one node of the schema, through references and choices: items of a list, or keys. */}}
{{- define "rlhf.settingPlaces" -}}
{{- $root := index . 0 -}}
{{- $state := index . 1 -}}
{{- $node := index . 2 -}}
{{- $places := index . 3 -}}
{{- with get $node "$ref" -}}
{{- $node = get (get $root.schema "$defs") (trimPrefix "#/$defs/" .) -}}
{{- end -}}
{{- range $other := $node.anyOf -}}
{{- include "rlhf.settingPlaces" (list $root $state $other $places) -}}
{{- end -}}
{{- with $node.items -}}
{{- $_ := set $places "items" (append $places.items .) -}}
{{- end -}}
{{- range $key, $below := $node.properties -}}
{{- $_ := set $places.keys $key (append (default list (get $places.keys $key)) $below) -}}
{{- end -}}
{{- range $case := $node.allOf -}}
{{- $kind := dig "if" "properties" "kind" "const" "" $case -}}
{{- if and $kind (or (not $state.kind) (eq $kind $state.kind)) -}}
{{- range $key, $below := $case.then.properties -}}
{{- $_ := set $places.keys $key (append (default list (get $places.keys $key)) $below) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
