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
      interval: {{ .Values.serviceMonitor.interval }}
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
      interval: {{ .Values.podMonitor.interval }}
{{- end -}}
{{- end -}}
