{{- /* What a service's objects are called, with what tells it from the others of its release. */ -}}
{{- define "oarlock.fullname" -}}
{{- include "oarlock.fullnameOf" (dict "service" .Chart.Name "release" .Release.Name) -}}
{{- end -}}

{{- /* The same for a service by its name: `service` and `release`. A Service's name is a label of DNS (RFC 1035). */ -}}
{{- define "oarlock.fullnameOf" -}}
{{- if not (regexMatch "^[a-z]([-a-z0-9]*[a-z0-9])?$" .release) -}}
{{- fail (printf "the release is called %s, and what its Services are called begins with that: call it by lower-case letters, digits and `-`, with a letter first" .release) -}}
{{- end -}}
{{- /* A name that merely holds another one would be that of several services. */ -}}
{{- if eq .service .release -}}
{{- include "oarlock.short" .release -}}
{{- else -}}
{{- include "oarlock.short" (printf "%s-%s" .release .service) -}}
{{- end -}}
{{- end -}}

{{- /* The service's name with an ending that no other service's name can have, where a name may have dots: `context` and `suffix`. */ -}}
{{- define "oarlock.suffixed" -}}
{{- printf "%s.%s" (include "oarlock.fullname" .context) .suffix -}}
{{- end -}}

{{- /* What the test of the service is called, as a label can be: no service of several has `--` in its name. */ -}}
{{- define "oarlock.testName" -}}
{{- include "oarlock.short" (printf "%s--ready" (include "oarlock.fullname" .)) -}}
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
app.kubernetes.io/name: {{ .Chart.Name | quote }}
app.kubernetes.io/instance: {{ include "oarlock.fullname" . | quote }}
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
app.kubernetes.io/part-of: {{ .Release.Name | quote }}
app.kubernetes.io/version: {{ .Chart.AppVersion | replace "+" "_" | trunc 63 | trimSuffix "-" | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service | quote }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" | quote }}
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
name: {{ include "oarlock.fullname" .context | quote }}
namespace: {{ .context.Release.Namespace | quote }}
labels:
  {{- include "oarlock.labelsWith" . | nindent 2 }}
{{- end -}}

{{- /* The labels of the pods that `helm test` starts. */ -}}
{{- define "oarlock.testSelector" -}}
app.kubernetes.io/name: {{ printf "%s--ready" .Chart.Name | quote }}
app.kubernetes.io/instance: {{ include "oarlock.testName" . | quote }}
app.kubernetes.io/component: test
{{- end -}}
