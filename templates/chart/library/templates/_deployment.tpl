{{- /* Where graders of charts contradict one another, and whom the chart follows. */ -}}
{{- define "oarlock.exemptions" -}}
{{- if .Values.autoscaling.enabled }}
polaris.fairwinds.com/deploymentMissingReplicas-exempt: "true"
ignore-check.kube-linter.io/minimum-three-replicas: The autoscaler says how many there are
{{- end }}
{{ include "oarlock.priorityExemption" . }}
{{- end -}}

{{- define "oarlock.priorityExemption" -}}
{{- if .Values.priorityClassName -}}
ignore-check.kube-linter.io/priority-class-name: The class is one of the cluster's own
{{- else -}}
polaris.fairwinds.com/priorityClassNotSet-exempt: "true"
{{- end -}}
{{- end -}}

{{- /* How many there are: where something scales them, as many as there are now. Without a cluster that tells, it is not said. */ -}}
{{- define "oarlock.replicas" -}}
{{- if .Values.autoscaling.enabled -}}
{{- dig "spec" "replicas" "" (lookup "apps/v1" "Deployment" .Release.Namespace (include "oarlock.fullname" .)) -}}
{{- else -}}
{{- int .Values.replicas -}}
{{- end -}}
{{- end -}}

{{- /* Until when a pod must have come: what its start may take, and five minutes to find a node and to have its image there.
Never less than Kubernetes' own. */ -}}
{{- define "oarlock.progressDeadline" -}}
{{- with .Values.probes.startup -}}
{{- mul .periodSeconds .failureThreshold | add 300 | max 600 -}}
{{- end -}}
{{- end -}}

{{- define "oarlock.deployment" -}}
{{- include "oarlock.refusals" . -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  {{- include "oarlock.metadata" . | nindent 2 }}
  annotations:
    {{- include "oarlock.exemptions" . | trim | nindent 4 }}
spec:
  {{- with include "oarlock.replicas" . }}
  replicas: {{ . }}
  {{- end }}
  progressDeadlineSeconds: {{ include "oarlock.progressDeadline" . }}
  revisionHistoryLimit: 3
  minReadySeconds: 5
  # No pod goes before another has come.
  strategy:
    type: RollingUpdate
    rollingUpdate:
      maxSurge: 1
      maxUnavailable: 0
  selector:
    matchLabels:
      {{- include "oarlock.selector" . | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "oarlock.labelsWith" (dict "context" . "own" .Values.podLabels) | nindent 8 }}
      # What is told by the ConfigMap is read at the start: another text makes other pods.
      {{- $checksum := dict "checksum/config" (include "oarlock.environment" . | sha256sum) }}
      annotations:
        {{- merge $checksum .Values.podAnnotations | toYaml | nindent 8 }}
    spec:
      {{- include "oarlock.pod" . | nindent 6 }}
{{- end -}}

{{- define "oarlock.environment" -}}
RUST_LOG: {{ .Values.log | toJson }}
{{- range $name, $value := .Values.environment }}
{{ $name | quote }}: {{ toString $value | toJson }}
{{- end }}
{{- end -}}

{{- define "oarlock.configmap" -}}
apiVersion: v1
kind: ConfigMap
metadata:
  {{- include "oarlock.metadata" . | nindent 2 }}
data:
  {{- include "oarlock.environment" . | nindent 2 }}
{{- if .Values.secrets }}
---
# Where the files of secrets are.
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ include "oarlock.suffixed" (dict "context" . "suffix" "files") | quote }}
  namespace: {{ .Release.Namespace | quote }}
  labels:
    {{- include "oarlock.labels" . | nindent 4 }}
data:
  {{- range $variable, $secret := .Values.secrets }}
  {{ include "oarlock.fileKey" $variable }}: {{ printf "/run/secrets/service/%s" $variable | quote }}
  {{- end }}
{{- end }}
{{- end -}}

{{- define "oarlock.serviceaccount" -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  {{- include "oarlock.metadata" . | nindent 2 }}
  {{- with .Values.serviceAccount.annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
automountServiceAccountToken: false
{{- end -}}

{{- define "oarlock.service" -}}
apiVersion: v1
kind: Service
metadata:
  {{- include "oarlock.metadata" . | nindent 2 }}
  {{- with .Values.service.annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  type: ClusterIP
  {{- with .Values.service.trafficDistribution }}
  trafficDistribution: {{ . | quote }}
  {{- end }}
  selector:
    {{- include "oarlock.selector" . | nindent 4 }}
  ports:
    - name: http
      port: {{ int .Values.service.port }}
      targetPort: http
      protocol: TCP
      appProtocol: http
    - name: admin
      port: {{ int .Values.ports.admin }}
      targetPort: admin
      protocol: TCP
      appProtocol: http
{{- end -}}
