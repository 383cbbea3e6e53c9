{{/* Refuses what could only fail later in the cluster, all of it at once, before anything is made. */}}
{{- define "rlhf.check" -}}
{{- $complaints := list -}}
{{- range $part := list "release" "pods" "names" "images" "variables" "vllm" "addresses" "recipe" "settings" "together" -}}
{{- $complaints = concat $complaints (include (printf "rlhf.check.%s" $part) $ | splitList "\n" | compact) -}}
{{- end -}}
{{- with $complaints -}}
{{- fail (join "\n" .) -}}
{{- /* helm lint lets fail pass; a template that is not there it does not. */ -}}
{{- include (join "; " .) $ -}}
{{- end -}}
{{- if and (eq .Values.mode "job") (not (or .Values.recipe.text .Values.recipe.path)) -}}
{{- fail "a job needs a recipe: --set-file recipe.text=my-recipe.yaml, or --set recipe.path=/opt/rlhf/recipes/quickstart.yaml for one that is in the image" -}}
{{- end -}}
{{- end -}}

{{- define "rlhf.check.release" -}}
{{- if gt (len .Release.Name) 40 }}
the release's name {{ printf "%q" .Release.Name }} is too long: KubeRay appends to it, so it may have 40 characters at most
{{- else if not (regexMatch "^[a-z]([-a-z0-9]*[a-z0-9])?$" .Release.Name) }}
the release's name {{ printf "%q" .Release.Name }} must begin with a letter and have small letters, digits and - alone, as the names of services do
{{- end }}
{{- end -}}

{{- define "rlhf.check.pods" -}}
{{- $pods := dict "ray.head" .Values.ray.head "ray.learner" .Values.ray.learner "ray.rollout" .Values.ray.rollout "ray.reward" .Values.ray.reward "vllm" .Values.vllm -}}
{{- range $place, $pod := $pods }}
{{- include "rlhf.must" (list (printf "%s.cpu" $place) $pod.cpu "cpu") }}
{{- include "rlhf.must" (list (printf "%s.memory" $place) $pod.memory "memory") }}
{{- include "rlhf.mustBeLabels" (list (printf "%s.nodeSelector" $place) $pod.nodeSelector) }}
{{- end }}
{{- include "rlhf.must" (list "storage.size" .Values.storage.size "size") }}
{{- include "rlhf.must" (list "gpu.resource" .Values.gpu.resource "gpuResource") }}
{{- include "rlhf.must" (list "ray.version" .Values.ray.version "version") }}
{{- end -}}

{{- define "rlhf.check.names" -}}
{{- include "rlhf.mayBe" (list "storage.existingClaim" .Values.storage.existingClaim "name") }}
{{- include "rlhf.mayBe" (list "storage.storageClass" .Values.storage.storageClass "name") }}
{{- include "rlhf.mayBe" (list "queue" .Values.queue "label") }}
{{- range .Values.image.pullSecrets }}
{{- include "rlhf.must" (list "a name in image.pullSecrets" . "name") }}
{{- end }}
{{- include "rlhf.mayBe" (list "headFaultTolerance.redisAddress" .Values.headFaultTolerance.redisAddress "address") }}
{{- with .Values.headFaultTolerance.password }}
{{- include "rlhf.mustBeSecret" (list "headFaultTolerance.password" .) }}
{{- end }}
{{- include "rlhf.mustBeLabels" (list "nodeSelector" .Values.nodeSelector) }}
{{- include "rlhf.mustBeLabels" (list "gpu.nodeSelector" .Values.gpu.nodeSelector) }}
{{- include "rlhf.mustBeLabels" (list "monitoring.labels" .Values.monitoring.labels) }}
{{- include "rlhf.mustBeLabels" (list "monitoring.dashboardLabel" .Values.monitoring.dashboardLabel) }}
{{- end -}}

{{- define "rlhf.check.images" -}}
{{- range $place, $image := dict "image" .Values.image "vllm.image" .Values.vllm.image }}
{{- include "rlhf.must" (list (printf "%s.repository" $place) $image.repository "repository") }}
{{- include "rlhf.must" (list (printf "%s.tag" $place) $image.tag "tag") }}
{{- if regexMatch "^latest(@|$)" $image.tag }}
{{ $image.repository }}:latest may be other code tomorrow; set its tag to a version
{{- end }}
{{- end }}
{{- include "rlhf.must" (list "headFaultTolerance.image" .Values.headFaultTolerance.image "image") }}
{{- if regexMatch ":latest(@|$)" .Values.headFaultTolerance.image }}
{{ .Values.headFaultTolerance.image }} may be another Redis tomorrow; set its tag to a version
{{- end }}
{{- end -}}

{{/* Environment variables: no key in plain text, none that the chart sets itself, none twice. */}}
{{- define "rlhf.check.variables" -}}
{{- $own := list "HOME" "USER" "XDG_CACHE_HOME" "DJL_CACHE_DIR" "RAY_USAGE_STATS_ENABLED" "VLLM_SERVER_DEV_MODE" "VLLM_MODEL_NAME" "VLLM_NO_USAGE_STATS" "RAY_ADDRESS" "RLHF_HOME" -}}
{{- range $place, $variables := dict "environment" .Values.environment "vllm.environment" .Values.vllm.environment "secrets" .Values.secrets }}
{{- range $name, $value := $variables }}
{{- include "rlhf.must" (list (printf "a name in %s" $place) $name "variable") }}
{{- if has $name $own }}
{{ $place }}.{{ $name }} is set by the chart itself; leave it out
{{- end }}
{{- if eq $place "secrets" }}
{{- include "rlhf.mustBeSecret" (list (printf "secrets.%s" $name) $value) }}
{{- else if hasKey $.Values.secrets $name }}
{{ $name }} stands in {{ $place }} and in secrets; leave one of them out
{{- else }}
{{- include "rlhf.mustBeNoKey" (list $place $name $value) }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{/* The option that vLLM takes an abbreviation for; called with a list of it and of the options it may mean. */}}
{{- define "rlhf.optionOfVllm" -}}
{{- $option := index . 0 -}}
{{- $meant := $option -}}
{{- range index . 1 -}}
{{- if and (gt (len $option) 2) (hasPrefix "--" $option) (hasPrefix $option .) -}}
{{- $meant = . -}}
{{- end -}}
{{- end -}}
{{- $meant -}}
{{- end -}}

{{- define "rlhf.check.vllm" -}}
{{- include "rlhf.mayBe" (list "vllm.model" .Values.vllm.model "model") }}
{{- include "rlhf.must" (list "vllm.modelName" .Values.vllm.modelName "modelName") }}
{{- $own := dict "--model" "vllm.model" "--served-model-name" "vllm.modelName" "--max-model-len" "vllm.maxModelLength" -}}
{{- range list "--host" "--port" "--uds" "--root-path" "--ssl-keyfile" "--ssl-certfile" "--logprobs-mode" }}
{{- $_ := set $own . "" }}
{{- end }}
{{- range $i, $argument := .Values.vllm.arguments }}
{{- $argument = include "rlhf.text" $argument }}
{{- $option := regexFind "^--?[A-Za-z0-9_-]+" $argument | replace "_" "-" }}
{{- $meant := include "rlhf.optionOfVllm" (list $option (concat (keys $own) (list "--api-key" "--hf-token"))) }}
{{- $secret := include "rlhf.mustBeNoKeyOfVllm" $argument | default (include "rlhf.mustBeNoKeyOfVllm" $meant) }}
{{- if $secret }}
{{- $secret }}
{{- else if hasKey $own $meant }}
vllm.arguments has {{ $option }}, which the chart sets itself{{ with get $own $meant }}; set {{ . }} instead{{ else }}, as the run and the probes rely on it; leave it out{{ end }}
{{- else if regexMatch "^--?[A-Za-z0-9_-]+\\s" $argument }}
vllm.arguments has {{ $option }} and its value in one argument with a blank between; write {{ $option }}=VALUE
{{- else if and (eq $i 0) (not $option) }}
vllm.arguments begins with {{ printf "%q" $argument }}, which is no option of vllm serve; options begin with --, such as --dtype=bfloat16
{{- end }}
{{- if has $option (list "--tensor-parallel-size" "-tp" "--pipeline-parallel-size" "-pp" "--data-parallel-size" "-dp") }}
{{- $size := $argument | regexFind "=.*" | trimPrefix "=" | default (rest (slice $.Values.vllm.arguments $i) | first | toString) }}
{{- if and (gt (int $.Values.vllm.gpus) 0) (gt (int $size) (int $.Values.vllm.gpus)) }}
vllm.arguments has {{ $option }} {{ $size }}, but a pod has {{ int $.Values.vllm.gpus }} GPU{{ ternary "" "s" (eq (int $.Values.vllm.gpus) 1) }}; set vllm.gpus, over which the chart splits the model
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{/* Mistakes that only several values together make. */}}
{{- define "rlhf.check.together" -}}
{{- if and (eq .Values.mode "cluster") .Values.vllm.enabled (not .Values.vllm.model) (not (or .Values.recipe.text .Values.recipe.path)) }}
vllm.model is empty, so vLLM's model would be that of the recipe's model block, but there is no recipe; set vllm.model, or give the recipe
{{- end }}
{{- if and .Values.vllm.enabled .Values.networkPolicy (lt (int .Values.ray.rollout.replicas) 1) }}
ray.rollout.replicas is 0, but with vllm.enabled and networkPolicy only the rollout pods reach vLLM; set it to 1 or more
{{- end }}
{{- if lt (int (add .Values.ray.learner.replicas .Values.ray.rollout.replicas .Values.ray.reward.replicas)) 1 }}
no worker has a replica; actors live on workers: set ray.learner.replicas and ray.rollout.replicas to 1 or more
{{- end }}
{{- if and .Values.headFaultTolerance.redisAddress (not .Values.headFaultTolerance.enabled) }}
headFaultTolerance.redisAddress is set, but nothing is kept there while headFaultTolerance.enabled is false; set that to true, or leave the address out
{{- end }}
{{- if and (eq .Values.storage.accessMode "ReadWriteOnce") .Values.vllm.enabled (gt (int .Values.vllm.replicas) 1) }}
storage.accessMode ReadWriteOnce lets one node mount the volume, but several vLLM pods share it; use ReadWriteMany
{{- end }}
{{- end -}}
