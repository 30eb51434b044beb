{{- /* The job of the metrics is the service's name in every cluster, as alerts and dashboards have it. */ -}}
{{- define "oarlock.servicemonitor" -}}
{{- if .Values.serviceMonitor.enabled -}}
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata:
  {{- include "oarlock.metadataWith" (dict "context" . "own" .Values.serviceMonitor.labels) | nindent 2 }}
spec:
  jobLabel: app.kubernetes.io/name
  selector:
    matchLabels:
      {{- include "oarlock.selector" . | nindent 6 }}
  endpoints:
    - port: admin
      path: /metrics
      interval: {{ .Values.serviceMonitor.interval | quote }}
{{- end -}}
{{- end -}}

{{- define "oarlock.podmonitor" -}}
{{- if .Values.podMonitor.enabled -}}
{{- if .Values.serviceMonitor.enabled -}}
{{- fail (printf "%s: serviceMonitor and podMonitor would have every metric gathered twice: enable one of them" .Chart.Name) -}}
{{- end -}}
apiVersion: monitoring.coreos.com/v1
kind: PodMonitor
metadata:
  {{- include "oarlock.metadataWith" (dict "context" . "own" .Values.podMonitor.labels) | nindent 2 }}
spec:
  jobLabel: app.kubernetes.io/name
  selector:
    matchLabels:
      {{- include "oarlock.selector" . | nindent 6 }}
  podMetricsEndpoints:
    - port: admin
      path: /metrics
      interval: {{ .Values.podMonitor.interval | quote }}
{{- end -}}
{{- end -}}

{{- /* The rules of this namespace, in which one release has a service of the name. Prometheus' templates within them are no business of Helm's. */ -}}
{{- define "oarlock.alerts" -}}
{{- if .Values.alerts.enabled -}}
{{- $rules := .Files.Get "alerts/rules.yaml" | replace "{job=\"" (printf "{namespace=%q,job=\"" .Release.Namespace) -}}
{{- $rules = $rules | replace "labels: { job: \"" (printf "labels: { namespace: %q, job: \"" .Release.Namespace) -}}
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  {{- include "oarlock.metadataWith" (dict "context" . "own" .Values.alerts.labels) | nindent 2 }}
spec:
  {{- $rules | nindent 2 }}
{{- end -}}
{{- end -}}

{{- /* A ConfigMap for each dashboard, as Grafana's sidecar reads them. */ -}}
{{- define "oarlock.dashboards" -}}
{{- if .Values.dashboards.enabled -}}
{{- range $path, $_ := .Files.Glob "dashboards/*.json" }}
{{- $number := base $path | trimPrefix $.Chart.Name | trimSuffix ".json" }}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ include "oarlock.suffixed" (dict "context" $ "suffix" (printf "board%s" $number)) | quote }}
  namespace: {{ $.Release.Namespace | quote }}
  labels:
    {{- include "oarlock.labelsWith" (dict "context" $ "own" $.Values.dashboards.labels) | nindent 4 }}
  {{- with $.Values.dashboards.annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
data:
  {{ base $path | quote }}: |-
    {{- $.Files.Get $path | nindent 4 }}
{{- end }}
{{- end -}}
{{- end -}}
