{{/* Keys in plain text are known by their name, and by an address with a user or a password, as ./rlhf refuses it too; called with the name. */}}
{{- define "rlhf.isKey" -}}
{{- if regexMatch "(?i)(KEYS?|TOKEN|PASSWORD|PASSWD|PASSPHRASE|SECRETS?|CREDENTIALS?)$|(^|_)(PASS|PWD|PAT)$" . -}}true{{- end -}}
{{- end -}}

{{- define "rlhf.holdsUser" -}}
{{- if regexMatch "[A-Za-z][A-Za-z0-9+.-]*://[^\\s/?#]*@" (toString .) -}}true{{- end -}}
{{- end -}}

{{/* A text without users and passwords of addresses, as messages show it. */}}
{{- define "rlhf.redacted" -}}
{{- regexReplaceAll "//\\S*@" . "//…@" -}}
{{- end -}}

{{/* How a variable comes from a Secret instead; called with its name. */}}
{{- define "rlhf.fromSecret" -}}
put it into a Secret and say which: --set secrets.{{ . }}.secret=NAME --set secrets.{{ . }}.key=KEY
{{- end -}}

{{/* What is wrong with a variable that is no reference to a Secret; called with a list of its place, its name and its value. */}}
{{- define "rlhf.mustBeNoKey" -}}
{{- $place := printf "%s.%s" (index . 0) (index . 1) -}}
{{- if include "rlhf.isKey" (index . 1) }}
{{ $place }} would stand in plain text in the manifests; {{ include "rlhf.fromSecret" (index . 1) }}
{{- else if include "rlhf.holdsUser" (index . 2) }}
{{ $place }} is an address with a user or a password, which would stand in plain text in the manifests; {{ include "rlhf.fromSecret" (index . 1) }}
{{- end }}
{{- end -}}

{{/* The same of an argument of vLLM; called with it. */}}
{{- define "rlhf.mustBeNoKeyOfVllm" -}}
{{- $option := regexFind "^--?[A-Za-z0-9_-]+" . | replace "_" "-" -}}
{{- $variable := trimAll "-" $option | replace "-" "_" | upper -}}
{{- if include "rlhf.isKey" $variable }}
vllm.arguments has {{ $option }}, and every process of a node can read arguments; name a Secret: secrets.{{ ternary "VLLM_API_KEY" $variable (eq $variable "API_KEY") }}
{{- else if include "rlhf.holdsUser" . }}
vllm.arguments has an address with a user or a password{{ with $option }} in {{ . }}{{ end }}, and every process of a node can read arguments; give it by a variable that vLLM reads, from a Secret: secrets.NAME
{{- end }}
{{- end -}}

{{/* Addresses with a user or a password in the recipe and in what is set over it. */}}
{{- define "rlhf.check.addresses" -}}
{{- $instead := "take user and password out; a key stands in a variable that key-variable names, which comes from a Secret: secrets.NAME" -}}
{{- range $i, $line := splitList "\n" .Values.recipe.text }}
{{- if include "rlhf.holdsUser" $line }}
recipe.text has an address with a user or a password in line {{ add1 $i }}; {{ $instead }}
{{- end }}
{{- end }}
{{- range .Values.settings }}
{{- if include "rlhf.holdsUser" . }}
settings has {{ regexFind "^[^=]*" . | include "rlhf.redacted" }}, an address with a user or a password; {{ $instead }}
{{- end }}
{{- end }}
{{- end -}}
