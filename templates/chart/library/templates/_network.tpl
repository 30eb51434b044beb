{{- define "oarlock.dns" -}}
{{- with .Values.networkPolicy.dns -}}
- to:
    {{- toYaml .to | nindent 4 }}
  ports:
    {{- toYaml .ports | nindent 4 }}
{{- end -}}
{{- end -}}

{{- /* The pods of services of the release, by their names: none where one of them is not enabled. */ -}}
{{- define "oarlock.peers" -}}
{{- range .services }}
- namespaceSelector:
    matchLabels:
      kubernetes.io/metadata.name: {{ $.release.Namespace | quote }}
  podSelector:
    matchLabels:
      app.kubernetes.io/instance: {{ include "oarlock.fullnameOf" (dict "service" . "release" $.release.Name) | quote }}
{{- end }}
{{- end -}}

{{- define "oarlock.networkpolicy" -}}
{{- if .Values.networkPolicy.enabled -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  {{- include "oarlock.metadata" . | nindent 2 }}
spec:
  podSelector:
    matchLabels:
      app.kubernetes.io/instance: {{ include "oarlock.fullname" . | quote }}
  policyTypes: [Ingress, Egress]
  ingress:
    - ports:
        - port: http
          protocol: TCP
      {{- with .Values.networkPolicy.from }}
      from:
        {{- toYaml . | nindent 8 }}
      {{- end }}
    - ports:
        - port: admin
          protocol: TCP
      {{- with .Values.networkPolicy.metricsFrom }}
      from:
        {{- toYaml . | nindent 8 }}
        {{- if $.Values.test.enabled }}
        - podSelector:
            matchLabels:
              app.kubernetes.io/instance: {{ include "oarlock.testName" $ | quote }}
        {{- end }}
      {{- end }}
    {{- with .Values.callers }}
    - ports:
        - port: http
          protocol: TCP
      from:
        {{- include "oarlock.peers" (dict "services" . "release" $.Release) | trim | nindent 8 }}
    {{- end }}
    {{- with .Values.networkPolicy.ingress }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  egress:
    {{- include "oarlock.dns" . | nindent 4 }}
    {{- with .Values.calls }}
    - ports:
        - port: http
          protocol: TCP
      to:
        {{- include "oarlock.peers" (dict "services" . "release" $.Release) | trim | nindent 8 }}
    {{- end }}
    {{- with .Values.networkPolicy.egress }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- if .Values.test.enabled }}
{{- $test := include "oarlock.testName" . }}
---
# The test asks the admin port, and nothing else; nobody but itself asks it.
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ $test | quote }}
  namespace: {{ .Release.Namespace | quote }}
  labels:
    {{- include "oarlock.labels" . | nindent 4 }}
spec:
  podSelector:
    matchLabels:
      app.kubernetes.io/instance: {{ $test | quote }}
  policyTypes: [Ingress, Egress]
  ingress:
    - from:
        - podSelector:
            matchLabels:
              app.kubernetes.io/instance: {{ $test | quote }}
  egress:
    {{- include "oarlock.dns" . | nindent 4 }}
    - to:
        - podSelector:
            matchLabels:
              app.kubernetes.io/instance: {{ include "oarlock.fullname" . | quote }}
      ports:
        - port: admin
          protocol: TCP
{{- end }}
{{- end -}}
{{- end -}}
