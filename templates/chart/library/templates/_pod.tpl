{{- /* The image is one for Linux. */ -}}
{{- define "oarlock.nodeAffinity" -}}
nodeAffinity:
  {{- with .Values.affinity.nodeAffinity }}
  {{- toYaml . | nindent 2 }}
  {{- else }}
  requiredDuringSchedulingIgnoredDuringExecution:
    nodeSelectorTerms:
      - matchExpressions:
          - key: kubernetes.io/os
            operator: In
            values: [linux]
  {{- end }}
{{- end -}}

{{- /* A name with a dot or two is asked for as it is, and not under four domains first. */ -}}
{{- define "oarlock.dnsConfig" -}}
dnsConfig:
  options:
    - name: ndots
      value: "2"
{{- end -}}

{{- /* Where the pods of a service are put: on every zone and host alike, as far as that can be. */ -}}
{{- define "oarlock.placement" -}}
topologySpreadConstraints:
  {{- if .Values.topologySpread }}
  {{- toYaml .Values.topologySpread | nindent 2 }}
  {{- else }}
  {{- range list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
  - maxSkew: 1
    topologyKey: {{ . }}
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "oarlock.selector" $ | nindent 8 }}
  {{- end }}
  {{- end }}
affinity:
  {{- include "oarlock.nodeAffinity" . | nindent 2 }}
  podAntiAffinity:
    {{- with .Values.affinity.podAntiAffinity }}
    {{- toYaml . | nindent 4 }}
    {{- else }}
    preferredDuringSchedulingIgnoredDuringExecution:
      - weight: 100
        podAffinityTerm:
          topologyKey: kubernetes.io/hostname
          labelSelector:
            matchLabels:
              {{- include "oarlock.selector" . | nindent 14 }}
    {{- end }}
  {{- with .Values.affinity.podAffinity }}
  podAffinity:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . | quote }}
{{- end }}
{{- end -}}

{{- /* Secrets are files: a variable would be told to whoever asks what a pod is made of. */ -}}
{{- define "oarlock.volumes" -}}
{{- if .Values.secrets }}
- name: secrets
  projected:
    defaultMode: 0440
    sources:
      {{- range $variable, $secret := .Values.secrets }}
      - secret:
          name: {{ $secret.name | quote }}
          items:
            - key: {{ $secret.key | quote }}
              path: {{ $variable | quote }}
      {{- end }}
{{- end }}
{{- if .Values.tmp.enabled }}
- name: tmp
  emptyDir:
    sizeLimit: {{ .Values.tmp.sizeLimit | toJson }}
{{- end }}
{{- with .Values.volumes }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "oarlock.pod" -}}
serviceAccountName: {{ include "oarlock.fullname" . | quote }}
automountServiceAccountToken: false
enableServiceLinks: false
restartPolicy: Always
terminationGracePeriodSeconds: {{ include "oarlock.grace" . }}
{{ include "oarlock.dnsConfig" . }}
securityContext:
  {{- include "oarlock.podSecurity" . | nindent 2 }}
{{- with include "oarlock.imagePullSecrets" . }}
{{ . }}
{{- end }}
{{ include "oarlock.placement" . }}
{{- with .Values.initContainers }}
initContainers:
  {{- toYaml . | nindent 2 }}
{{- end }}
containers:
  - name: service
    {{- include "oarlock.container" . | nindent 4 }}
  {{- with .Values.sidecars }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- if or .Values.secrets .Values.tmp.enabled .Values.volumes }}
volumes:
  {{- include "oarlock.volumes" . | trim | nindent 2 }}
{{- end }}
{{- end -}}
