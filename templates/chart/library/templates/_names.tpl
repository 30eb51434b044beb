{{- /* What a service's objects are called, with what tells it from the others of its release. */ -}}
{{- define "oarlock.fullname" -}}
{{- include "oarlock.fullnameOf" (dict "service" .Chart.Name "release" .Release.Name) -}}
{{- end -}}

{{- /* The same for a service by its name: `service` and `release`. */ -}}
{{- define "oarlock.fullnameOf" -}}
{{- /* A name that merely holds another one would be that of several services. */ -}}
{{- if eq .service .release -}}
{{- .release | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .release .service | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- /* The service's name with an ending of ten letters at most. */ -}}
{{- define "oarlock.suffixed" -}}
{{- printf "%s-%s" (include "oarlock.fullname" .context | trunc 52 | trimSuffix "-") .suffix -}}
{{- end -}}

{{- define "oarlock.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ include "oarlock.fullname" . }}
{{- end -}}

{{- define "oarlock.labels" -}}
{{ include "oarlock.selector" . }}
{{ include "oarlock.furtherLabels" . }}
{{- end -}}

{{- /* The labels that select nothing. */ -}}
{{- define "oarlock.furtherLabels" -}}
app.kubernetes.io/part-of: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | replace "+" "_" | trunc 63 | trimSuffix "-" | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- with merge (dict) .Values.labels (dig "labels" dict (.Values.global | default dict)) }}
{{ toYaml . }}
{{- end -}}
{{- end -}}

{{- /* The head of an object that is called as the service. */ -}}
{{- define "oarlock.metadata" -}}
name: {{ include "oarlock.fullname" . }}
namespace: {{ .Release.Namespace }}
labels:
  {{- include "oarlock.labels" . | nindent 2 }}
{{- end -}}

{{- /* The labels of the pods that `helm test` starts. */ -}}
{{- define "oarlock.testSelector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}-ready
app.kubernetes.io/instance: {{ include "oarlock.suffixed" (dict "context" . "suffix" "ready") }}
app.kubernetes.io/component: test
{{- end -}}
