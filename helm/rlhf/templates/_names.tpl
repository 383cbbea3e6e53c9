{{/* The name of what a release has one of; further parts are appended. */}}
{{- define "rlhf.name" -}}
{{- .Release.Name -}}
{{- end -}}

{{- define "rlhf.claim" -}}
{{- .Values.storage.existingClaim | default (printf "%s-runs" (include "rlhf.name" .)) -}}
{{- end -}}

{{/* By what the pods of this release are found. The label app.kubernetes.io/name of Ray's pods is KubeRay's own: its services select by it. */}}
{{- define "rlhf.instance" -}}
app.kubernetes.io/part-of: rlhf
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end -}}

{{- define "rlhf.labels" -}}
{{ include "rlhf.instance" . }}
app.kubernetes.io/name: rlhf
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{/* The pods of one part; called with a list of the root and the part's name. */}}
{{- define "rlhf.part" -}}
{{ include "rlhf.instance" (index . 0) }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end -}}

{{/* Labels of what Kueue admits. */}}
{{- define "rlhf.queue" -}}
{{- if .Values.queue }}
kueue.x-k8s.io/queue-name: {{ .Values.queue | quote }}
{{- end }}
{{- end -}}

{{/* Where the recipe lies in the pods that read it. */}}
{{- define "rlhf.recipe" -}}
{{- .Values.recipe.path | default "/etc/rlhf/recipe.yaml" -}}
{{- end -}}

{{/* The address of each vLLM, as a list in YAML's flow style. */}}
{{- define "rlhf.endpoints" -}}
{{- $endpoints := list -}}
{{- range $i := until (int .Values.vllm.replicas) -}}
{{- $endpoints = append $endpoints (printf "http://%s-vllm-%d.%s-vllm.%s.svc:8000" (include "rlhf.name" $) $i (include "rlhf.name" $) $.Release.Namespace) -}}
{{- end -}}
[{{ join ", " $endpoints }}]
{{- end -}}

{{- define "rlhf.redisAddress" -}}
{{- .Values.headFaultTolerance.redisAddress | default (printf "%s-redis.%s.svc:6379" (include "rlhf.name" .) .Release.Namespace) -}}
{{- end -}}

{{/* What is set over the recipe, a line a key: the cluster, which actors live where, the servers, and at last what the values say. */}}
{{- define "rlhf.settings" -}}
{{- $ray := .Values.ray -}}
{{- $lines := list "runtime=ray" -}}
{{- if gt (int $ray.learner.replicas) 0 -}}
{{- $gpus := ternary (printf ", {name: GPU, amount: %d}" (int $ray.learner.gpus)) "" (gt (int $ray.learner.gpus) 0) -}}
{{- $lines = append $lines (printf "runtime.learner=[{name: learner, amount: 1}%s]" $gpus) -}}
{{- end -}}
{{- range $role := list "rollout" "reward" -}}
{{- $place := ternary $role "rollout" (gt (int (index $ray $role).replicas) 0) -}}
{{- if gt (int (index $ray $place).replicas) 0 -}}
{{- $lines = append $lines (printf "runtime.%s=[{name: %s, amount: 0.001}]" $role $place) -}}
{{- end -}}
{{- end -}}
{{- if .Values.vllm.enabled -}}
{{- $lines = concat $lines (list "generation=vllm" (printf "generation.endpoints=%s" (include "rlhf.endpoints" .)) (printf "generation.model-name=%s" .Values.vllm.modelName)) -}}
{{- end -}}
{{- concat $lines .Values.settings | join "\n" -}}
{{- end -}}

{{/* The longest sequence of vLLM: as the values say, or as long as a model that the recipe makes can read. */}}
{{- define "rlhf.modelLength" -}}
{{- $made := dict -}}
{{- if not .Values.vllm.model -}}
{{- $made = dig "model" dict (default "" .Values.recipe.text | fromYaml) -}}
{{- end -}}
{{- $length := int64 .Values.vllm.maxModelLength -}}
{{- if kindIs "map" $made -}}
{{- $length = min $length (int64 (default $length (get $made "context-length"))) -}}
{{- end -}}
{{- $length -}}
{{- end -}}

{{/* A value as text; Helm itself would write large numbers as 1e+06. */}}
{{- define "rlhf.text" -}}
{{- if and (kindIs "float64" .) (eq . (floor .)) -}}
{{- int64 . -}}
{{- else -}}
{{- . -}}
{{- end -}}
{{- end -}}

{{/* The Secrets that pods read, a line each. */}}
{{- define "rlhf.secrets" -}}
{{- range .Values.secrets }}
{{ .secret }}
{{- end }}
{{- if .Values.headFaultTolerance.enabled }}
{{ get .Values.headFaultTolerance.password "secret" }}
{{- end }}
{{- end -}}
