{{/* What single values must be: a pattern for the whole of them, how long they may be, and the same in words. */}}
{{- define "rlhf.kinds" -}}
cpu:
  pattern: '[0-9]{1,7}m|[0-9]{1,4}(\.[0-9]{1,3})?'
  positive: true
  words: "CPUs above 0: a number such as 2 or 0.5, or thousandths such as 500m, below 10000"
memory:
  pattern: '[0-9]{1,8}(\.[0-9]+)?(Mi|M)|[0-9]{1,5}(\.[0-9]+)?(Gi|G)|[0-9]{1,2}(\.[0-9]+)?(Ti|T)'
  positive: true
  words: "above 0 and with its unit (Mi, Gi, Ti, M, G or T), such as 64Gi, below 100Ti"
size:
  pattern: '[0-9]{1,9}(\.[0-9]+)?(Mi|Gi|Ti|M|G|T)'
  positive: true
  words: "above 0 and with its unit (Mi, Gi, Ti, M, G or T), such as 64Gi"
name:
  pattern: '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*'
  longest: 253
  words: "a name of Kubernetes: small letters, digits, - and ., with a letter or digit at both ends, 253 characters at most"
label:
  pattern: '[a-z0-9]([-a-z0-9]*[a-z0-9])?'
  longest: 63
  words: "a name of Kubernetes: small letters, digits and -, with a letter or digit at both ends, 63 characters at most"
labelKey:
  pattern: '([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?'
  words: "a label of Kubernetes: letters, digits, -, _ and ., 63 characters at most, after a domain and a / where it has one"
labelValue:
  pattern: '([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?'
  words: "a label's value: letters, digits, -, _ and ., with a letter or digit at both ends, 63 characters at most"
secretKey:
  pattern: '[-._a-zA-Z0-9]+'
  longest: 253
  words: "a key in a Secret: letters, digits, -, _ and ."
variable:
  pattern: '[A-Za-z_][A-Za-z0-9_]*'
  words: "the name of an environment variable: letters, digits and _, not beginning with a digit"
repository:
  pattern: '([a-zA-Z0-9]([a-zA-Z0-9.-]*[a-zA-Z0-9])?(:[0-9]+)?/)?[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*(/[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*)*'
  longest: 255
  words: "an image's name in small letters and without its tag, such as ghcr.io/me/rlhf"
tag:
  pattern: '[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}(@sha256:[0-9a-f]{64})?'
  words: "an image's tag: letters, digits, _, - and ., such as 0.1.0-cpu"
image:
  pattern: '([a-zA-Z0-9]([a-zA-Z0-9.-]*[a-zA-Z0-9])?(:[0-9]+)?/)?[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*(/[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*)*(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}(@sha256:[0-9a-f]{64})?|@sha256:[0-9a-f]{64})'
  words: "an image with its tag, such as redis:7.2.5-bookworm"
address:
  pattern: '([A-Za-z0-9]([-A-Za-z0-9.]*[A-Za-z0-9])?|\[[0-9a-fA-F:.]+\]):([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])'
  words: "host:port without a scheme, such as redis.data.svc:6379"
recipePath:
  pattern: '/(runs|opt)(/[A-Za-z0-9._@+=,-]*[A-Za-z0-9_@+=,-][A-Za-z0-9._@+=,-]*)+'
  words: "the absolute path of a recipe in the image or on the volume, below /opt or /runs, without .. and of letters, digits and ._/@+=,- alone, as a shell reads it"
model:
  pattern: '/runs(/[A-Za-z0-9._@+=,-]*[A-Za-z0-9_@+=,-][A-Za-z0-9._@+=,-]*)+/?|[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)?'
  words: "a folder on the volume, such as /runs/models/base, without .., or a name at Hugging Face, such as owner/name"
modelName:
  pattern: '[A-Za-z0-9._-]+'
  words: "a name of letters, digits, ., _ and -"
gpuResource:
  pattern: '[a-z0-9]([-a-z0-9.]*[a-z0-9])?/([a-z0-9]([-a-z0-9.]*[.-])?)?gpu'
  words: "a resource that ends with gpu, since Ray's operator counts no other, such as nvidia.com/gpu"
version:
  pattern: '[0-9]+\.[0-9]+\.[0-9]+'
  words: "the version of Ray in the image, three numbers such as 2.60.0"
{{- end -}}

{{/* What is wrong with one value, or nothing; called with a list of its place, itself and its kind. */}}
{{- define "rlhf.must" -}}
{{- $kind := get (include "rlhf.kinds" . | fromYaml) (index . 2) -}}
{{- $value := index . 1 | toString -}}
{{- $fits := and (regexMatch (printf "^(%s)$" $kind.pattern) $value) (le (len $value) (int (default 512 $kind.longest))) -}}
{{- if not (and $fits (or (not $kind.positive) (regexMatch "[1-9]" $value))) }}
{{ index . 0 }} is {{ printf "%q" $value | include "rlhf.redacted" }}, but must be {{ $kind.words }}
{{- end }}
{{- end -}}

{{/* The same of a value that may be empty. */}}
{{- define "rlhf.mayBe" -}}
{{- if ne (index . 1 | toString) "" }}{{ include "rlhf.must" . }}{{ end }}
{{- end -}}

{{/* What is wrong with a mapping of labels; called with a list of its place and itself. */}}
{{- define "rlhf.mustBeLabels" -}}
{{- $place := index . 0 -}}
{{- range $key, $value := index . 1 }}
{{- include "rlhf.must" (list (printf "a key of %s" $place) $key "labelKey") }}
{{- include "rlhf.must" (list (printf "%s.%s" $place $key) $value "labelValue") }}
{{- end }}
{{- end -}}

{{/* What is wrong with a reference to a Secret; called with a list of its place and itself. */}}
{{- define "rlhf.mustBeSecret" -}}
{{- $place := index . 0 -}}
{{- $from := index . 1 -}}
{{- if or (ne (len $from) 2) (not (hasKey $from "secret")) (not (hasKey $from "key")) }}
{{ $place }} must say secret, the name of a Secret, and key, which of its keys it is
{{- else }}
{{- include "rlhf.must" (list (printf "%s.secret" $place) $from.secret "name") }}
{{- include "rlhf.must" (list (printf "%s.key" $place) $from.key "secretKey") }}
{{- end }}
{{- end -}}
