{{/* What a single value must be, where it is none of what the table of blocks says, or nothing; called with a list of these and its text. */}}
{{- define "rlhf.unfit" -}}
{{- $text := index . 1 -}}
{{- $value := printf "value: %s" $text | fromYaml | dig "value" "" -}}
{{- if kindIs "string" $value -}}
{{- $text = $value -}}
{{- end -}}
{{- $fits := false -}}
{{- $words := list -}}
{{- range index . 0 -}}
{{- if not (hasPrefix "=" .) -}}
{{- $fits = true -}}
{{- else if or (kindIs "map" $value) (kindIs "slice" $value) -}}
{{- $words = append $words (trimPrefix "=" .) -}}
{{- else if include "rlhf.fits" (list (trimPrefix "=" .) $text) -}}
{{- $fits = true -}}
{{- else -}}
{{- $words = append $words (trimPrefix "=" .) -}}
{{- end -}}
{{- end -}}
{{- if not $fits -}}
{{- $words | uniq | join "; or " | replace "a path" "a path on the volume, /runs/…, or in the image, /opt/…" -}}
{{- end -}}
{{- end -}}

{{/* Whether a text is what these words say; called with a list of both. */}}
{{- define "rlhf.fits" -}}
{{- $words := index . 0 -}}
{{- $text := index . 1 -}}
{{- $digits := $text | replace "_" "" -}}
{{- $fits := true -}}
{{- if and (hasSuffix ", or null" $words) (has $text (list "null" "~")) -}}
{{- else if hasPrefix "a whole number" $words -}}
{{- $fits = regexMatch "^[-+]?[0-9]+$" $digits -}}
{{- else if hasPrefix "a number" $words -}}
{{- $fits = regexMatch "^[-+]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][-+]?[0-9]+)?$" $digits -}}
{{- else if hasPrefix "true or false" $words -}}
{{- $fits = has $text (list "true" "false") -}}
{{- else if hasPrefix "one of " $words -}}
{{- $fits = trimPrefix "one of " $words | trimSuffix ", or null" | splitList ", " | has $text -}}
{{- else if hasPrefix "a path" $words -}}
{{- $fits = include "rlhf.isThere" $text -}}
{{- end -}}
{{- if and $fits (regexMatch "^[-+.0-9]" $digits) -}}
{{- range regexFindAll "(at least|above|at most|below) [-+.0-9eE]+" $words -1 -}}
{{- $bound := regexFind "[^ ]+$" . | float64 -}}
{{- $number := float64 $digits -}}
{{- $fits = and $fits (or (and (hasPrefix "at least" .) (ge $number $bound)) (and (hasPrefix "above" .) (gt $number $bound)) (and (hasPrefix "at most" .) (le $number $bound)) (and (hasPrefix "below" .) (lt $number $bound))) -}}
{{- end -}}
{{- end -}}
{{- if $fits -}}true{{- end -}}
{{- end -}}

{{/* Whether a path may be there in the pods: on the volume or in the image. */}}
{{- define "rlhf.isThere" -}}
{{- if and (regexMatch "^/(runs|opt)/" .) (not (regexMatch "(^|/)\\.\\.(/|$)" .)) -}}true{{- end -}}
{{- end -}}

{{/* Paths of a recipe that no pod has; called with a list of the place of a block and the block. Rewards of one's own may mean something else by it. */}}
{{- define "rlhf.paths" -}}
{{- $place := index . 0 -}}
{{- $node := index . 1 -}}
{{- if kindIs "map" $node -}}
{{- range $key, $value := omit $node "rewards" "reward" -}}
{{- $paths := list -}}
{{- if has $key (list "path" "config" "jars") -}}
{{- $paths = ternary $value (list $value) (kindIs "slice" $value) -}}
{{- end -}}
{{- range $paths }}
{{- if and (kindIs "string" .) (not (include "rlhf.isThere" .)) }}
recipe.text has {{ $place }}{{ $key }}: {{ include "rlhf.redacted" . }}, which no pod has: they have the volume, /runs/…, and what is in the image, /opt/…; copy it onto the volume and name it by its path there
{{- end }}
{{- end -}}
{{- include "rlhf.paths" (list (printf "%s%s." $place $key) $value) -}}
{{- end -}}
{{- else if kindIs "slice" $node -}}
{{- range $i, $value := $node -}}
{{- include "rlhf.paths" (list (printf "%s[%d]." (trimSuffix "." $place) $i) $value) -}}
{{- end -}}
{{- end -}}
{{- end -}}
