{{/* What Pod Security "restricted" asks of a pod. Files that pods share belong to the group. */}}
{{- define "rlhf.podSecurity" -}}
automountServiceAccountToken: false
securityContext:
  runAsNonRoot: true
  runAsUser: 1000
  runAsGroup: 1000
  fsGroup: 1000
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: {type: RuntimeDefault}
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
{{- range . }}
  - name: {{ quote . }}
{{- end }}
{{- end }}
{{- end -}}

{{/* The same of a container. What is written is written to /tmp and /runs. */}}
{{- define "rlhf.containerSecurity" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
{{- end -}}

{{/* Where a pod may run; called with a list of the root, its number of GPUs and its own nodeSelector. */}}
{{- define "rlhf.placement" -}}
{{- $root := index . 0 -}}
{{- $gpus := int (index . 1) -}}
{{- $selector := merge (dict) (index . 2 | default dict) (ternary $root.Values.gpu.nodeSelector (dict) (gt $gpus 0)) $root.Values.nodeSelector -}}
{{- $tolerations := concat $root.Values.tolerations (ternary $root.Values.gpu.tolerations (list) (gt $gpus 0)) -}}
{{- with $selector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* Requests and limits alike, so that a pod has what it counts on; called with a list of the root, cpu, memory and GPUs. */}}
{{- define "rlhf.resources" -}}
{{- $each := dict "cpu" (include "rlhf.text" (index . 1)) "memory" (index . 2) -}}
{{- if gt (int (index . 3)) 0 -}}
{{- $_ := set $each (index . 0).Values.gpu.resource (index . 3 | toString) -}}
{{- end -}}
resources: {{- dict "requests" $each "limits" $each | toYaml | nindent 2 }}
{{- end -}}

{{/* Environment of every pod: homes that can be written to, what the values say, and secrets by reference. */}}
{{- define "rlhf.environment" -}}
- {name: HOME, value: /tmp}
- {name: USER, value: rlhf}
- {name: XDG_CACHE_HOME, value: /tmp/cache}
{{- range $name, $value := .Values.environment }}
- {name: {{ quote $name }}, value: {{ include "rlhf.text" $value | quote }}}
{{- end }}
{{- range $name, $from := .Values.secrets }}
- name: {{ quote $name }}
  valueFrom: {secretKeyRef: {name: {{ quote $from.secret }}, key: {{ quote $from.key }}}}
{{- end }}
{{- end -}}

{{/* A container of Ray's; called with a list of the root, the container's name, cpu, memory and GPUs. */}}
{{- define "rlhf.rayContainer" -}}
{{- $root := index . 0 -}}
name: {{ index . 1 }}
image: "{{ $root.Values.image.repository }}:{{ $root.Values.image.tag }}"
imagePullPolicy: {{ $root.Values.image.pullPolicy }}
{{ include "rlhf.containerSecurity" $root }}
{{ include "rlhf.resources" (list $root (index . 2) (index . 3) (index . 4)) }}
env:
  - {name: DJL_CACHE_DIR, value: /tmp/djl}
  - {name: RAY_USAGE_STATS_ENABLED, value: "0"}
  {{- include "rlhf.environment" $root | nindent 2 }}
volumeMounts:
  - {name: scratch, mountPath: /tmp}
  - {name: runs, mountPath: /runs}
  - {name: recipe, mountPath: /etc/rlhf, readOnly: true}
{{- end -}}

{{/* Holds a rollout pod, and with it the job, until every vLLM has loaded: else a run that waits in vain would use up the job's retries. */}}
{{- define "rlhf.vllmWait" -}}
name: wait-for-vllm
image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"
imagePullPolicy: {{ .Values.image.pullPolicy }}
{{ include "rlhf.containerSecurity" . }}
resources:
  requests: {cpu: 10m, memory: 32Mi}
  limits: {cpu: 200m, memory: 64Mi}
command: [sh, -c, 'trap "exit 143" TERM; for server; do until wget -q -t 1 -T 5 -O /dev/null "$server/health"; do sleep 2; done; done', wait]
args: {{ include "rlhf.endpoints" . }}
{{- end -}}

{{/* After helm uninstall, KubeRay cleans Redis by a pod that is made as the head is, and waits five minutes for one that lacks its recipe. */}}
{{- define "rlhf.rayVolumes" -}}
- {name: scratch, emptyDir: {}}
- {name: runs, persistentVolumeClaim: {claimName: {{ include "rlhf.claim" . | quote }}}}
- {name: recipe, configMap: {name: {{ include "rlhf.name" . }}-recipe{{ if .Values.headFaultTolerance.enabled }}, optional: true{{ end }}}}
{{- end -}}
