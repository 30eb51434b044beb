{{- /* What a service's objects are called, with what tells it from the others of its release. */ -}}
{{- define "oarlock.fullname" -}}
{{- include "oarlock.fullnameOf" (dict "service" .Chart.Name "release" .Release.Name) -}}
{{- end -}}

{{- /* The same for a service by its name: `service` and `release`. */ -}}
{{- define "oarlock.fullnameOf" -}}
{{- /* A name that merely holds another one would be that of several services. */ -}}
{{- if eq .service .release -}}
{{- include "oarlock.short" .release -}}
{{- else -}}
{{- include "oarlock.short" (printf "%s-%s" .release .service) -}}
{{- end -}}
{{- end -}}

{{- /* The service's name with an ending: `context` and `suffix`. */ -}}
{{- define "oarlock.suffixed" -}}
{{- include "oarlock.short" (printf "%s-%s" (include "oarlock.fullname" .context) .suffix) -}}
{{- end -}}

{{- /* As long as a name may be; one that is cut ends in what tells it from others that begin alike. */ -}}
{{- define "oarlock.short" -}}
{{- if gt (len .) 63 -}}
{{- printf "%s-%s" (trunc 56 . | trimSuffix "-") (sha256sum . | trunc 6) -}}
{{- else -}}
{{- . -}}
{{- end -}}
{{- end -}}

{{- define "oarlock.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ include "oarlock.fullname" . }}
{{- end -}}

{{- define "oarlock.labels" -}}
{{ include "oarlock.labelsWith" (dict "context" . "own" dict) }}
{{- end -}}

{{- /* The labels of an object that has some of its `own`, which win. */ -}}
{{- define "oarlock.labelsWith" -}}
{{ include "oarlock.selector" .context }}
{{ include "oarlock.furtherLabels" . }}
{{- end -}}

{{- /* The labels that select nothing. */ -}}
{{- define "oarlock.furtherLabels" -}}
{{- $own := .own -}}
{{- with .context -}}
app.kubernetes.io/part-of: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | replace "+" "_" | trunc 63 | trimSuffix "-" | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- with merge (dict) $own .Values.labels (dig "labels" dict (.Values.global | default dict)) }}
{{ toYaml . }}
{{- end -}}
{{- end -}}
{{- end -}}

{{- /* The head of an object that is called as the service. */ -}}
{{- define "oarlock.metadata" -}}
{{ include "oarlock.metadataWith" (dict "context" . "own" dict) }}
{{- end -}}

{{- /* The same with labels of its own. */ -}}
{{- define "oarlock.metadataWith" -}}
name: {{ include "oarlock.fullname" .context }}
namespace: {{ .context.Release.Namespace }}
labels:
  {{- include "oarlock.labelsWith" . | nindent 2 }}
{{- end -}}

{{- /* The labels of the pods that `helm test` starts. */ -}}
{{- define "oarlock.testSelector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}-ready
app.kubernetes.io/instance: {{ include "oarlock.suffixed" (dict "context" . "suffix" "ready") }}
app.kubernetes.io/component: test
{{- end -}}
