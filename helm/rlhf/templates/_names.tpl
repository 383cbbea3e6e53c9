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
kueue.x-k8s.io/queue-name: {{ .Values.queue }}
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

{{/* Mistakes that no schema of single values can see. */}}
{{- define "rlhf.check" -}}
{{- if gt (len .Release.Name) 40 }}
{{- fail (printf "the release's name %q is too long: KubeRay appends to it, so it may have 40 characters at most" .Release.Name) }}
{{- end }}
{{- if not (regexMatch "^[a-z]" .Release.Name) }}
{{- fail (printf "the release's name %q must begin with a letter, as the names of services do" .Release.Name) }}
{{- end }}
{{- range $image := list .Values.image .Values.vllm.image }}
{{- if eq $image.tag "latest" }}
{{- fail (printf "%s:latest may be other code tomorrow; set its tag to a version" $image.repository) }}
{{- end }}
{{- end }}
{{- range .Values.vllm.arguments }}
{{- if hasPrefix "--api-key" . }}
{{- fail "vllm.arguments has --api-key, and every process of a node can read arguments; name a Secret: secrets.VLLM_API_KEY" }}
{{- end }}
{{- end }}
{{- if and .Values.recipe.text .Values.recipe.path }}
{{- fail "recipe.text and recipe.path are both set; give the recipe's text, or the path of one that is in the image or on the volume" }}
{{- end }}
{{- if and (eq .Values.mode "job") (not (or .Values.recipe.text .Values.recipe.path)) }}
{{- fail "a job needs a recipe: --set-file recipe.text=my-recipe.yaml, or --set recipe.path=/opt/rlhf/recipes/quickstart.yaml for one that is in the image" }}
{{- end }}
{{- if and .Values.vllm.enabled (not .Values.vllm.model) (not (or .Values.recipe.text .Values.recipe.path)) }}
{{- fail "vllm.model is empty, so vLLM's model would be made by the recipe's model block, but there is no recipe; set vllm.model, or give the recipe" }}
{{- end }}
{{- if and .Values.vllm.enabled .Values.networkPolicy (lt (int .Values.ray.rollout.replicas) 1) }}
{{- fail "ray.rollout.replicas is 0, but with vllm.enabled and networkPolicy only the rollout pods reach vLLM; set it to 1 or more" }}
{{- end }}
{{- if lt (int (add .Values.ray.learner.replicas .Values.ray.rollout.replicas .Values.ray.reward.replicas)) 1 }}
{{- fail "no worker has a replica; actors live on workers: set ray.learner.replicas and ray.rollout.replicas to 1 or more" }}
{{- end }}
{{- if and (eq .Values.storage.accessMode "ReadWriteOnce") .Values.vllm.enabled (gt (int .Values.vllm.replicas) 1) }}
{{- fail "storage.accessMode ReadWriteOnce lets one node mount the volume, but several vLLM pods share it; use ReadWriteMany" }}
{{- end }}
{{- end -}}
