{{/* The cluster of a RayJob, or of a RayCluster. */}}
{{- define "rlhf.cluster" -}}
rayVersion: {{ .Values.ray.version | quote }}
{{- if .Values.headFaultTolerance.enabled }}
gcsFaultToleranceOptions:
  redisAddress: {{ include "rlhf.redisAddress" . | quote }}
  {{- with .Values.headFaultTolerance.password }}
  redisPassword:
    valueFrom: {secretKeyRef: {name: {{ quote .secret }}, key: {{ quote .key }}}}
  {{- end }}
{{- end }}
headGroupSpec:
  rayStartParams:
    dashboard-host: 0.0.0.0
    # The driver's node; actors go to the workers.
    num-cpus: "0"
    num-gpus: "0"
  template:
    metadata:
      labels: {{- include "rlhf.part" (list . "head") | nindent 8 }}
    spec:
      {{- include "rlhf.podSecurity" . | nindent 6 }}
      {{- include "rlhf.placement" (list . 0 .Values.ray.head.nodeSelector) | nindent 6 }}
      containers:
        - {{- include "rlhf.rayContainer" (list . "ray-head" .Values.ray.head.cpu .Values.ray.head.memory 0) | nindent 10 }}
          ports:
            - {name: gcs-server, containerPort: 6379}
            - {name: dashboard, containerPort: 8265}
            - {name: metrics, containerPort: 8080}
            - {name: rlhf-metrics, containerPort: 9095}
      volumes: {{- include "rlhf.rayVolumes" . | nindent 8 }}
workerGroupSpecs:
{{- range $role := list "learner" "rollout" "reward" }}
{{- $worker := index $.Values.ray $role }}
{{- if gt (int $worker.replicas) 0 }}
  - groupName: {{ $role }}
    replicas: {{ int $worker.replicas }}
    minReplicas: {{ int $worker.replicas }}
    maxReplicas: {{ int $worker.replicas }}
    rayStartParams:
      num-gpus: {{ int $worker.gpus | toString | quote }}
      # What the actors of the role ask for, so that they live on these nodes. Both a shell and the operator read it, which unquotes no other form.
      resources: {{ printf "'{%q: 1}'" $role | quote }}
    template:
      metadata:
        labels: {{- include "rlhf.part" (list $ $role) | nindent 10 }}
      spec:
        {{- include "rlhf.podSecurity" $ | nindent 8 }}
        {{- include "rlhf.placement" (list $ $worker.gpus $worker.nodeSelector) | nindent 8 }}
        {{- if and (eq $role "rollout") $.Values.vllm.enabled }}
        affinity:
          podAffinity:
            preferredDuringSchedulingIgnoredDuringExecution:
              - weight: 100
                podAffinityTerm:
                  topologyKey: kubernetes.io/hostname
                  labelSelector:
                    matchLabels: {{- include "rlhf.part" (list $ "vllm") | nindent 22 }}
        {{- end }}
        {{- if and (eq $role "rollout") $.Values.vllm.enabled }}
        initContainers:
          - {{- include "rlhf.vllmWait" $ | nindent 12 }}
        {{- end }}
        containers:
          - {{- include "rlhf.rayContainer" (list $ "ray-worker" $worker.cpu $worker.memory $worker.gpus) | nindent 12 }}
            ports:
              - {name: metrics, containerPort: 8080}
        volumes: {{- include "rlhf.rayVolumes" $ | nindent 10 }}
{{- end }}
{{- end }}
{{- end -}}
