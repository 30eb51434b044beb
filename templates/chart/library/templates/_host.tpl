{{- /* One host over all services of the release, by the rules of `sharedHost.routes`. */ -}}

{{- /* The services that are enabled and have rules, each with its rules. */ -}}
{{- define "oarlock.routesByService" -}}
{{- $found := dict -}}
{{- range .Values.sharedHost.routes -}}
{{- if (index $.Values .service).enabled -}}
{{- $_ := set $found .service (append (get $found .service | default list) .) -}}
{{- end -}}
{{- end -}}
{{- toJson $found -}}
{{- end -}}

{{- define "oarlock.hostLabels" -}}
app.kubernetes.io/name: {{ .Chart.Name | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
app.kubernetes.io/part-of: {{ .Release.Name | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service | quote }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" | quote }}
{{- with dig "labels" dict .Values.global }}
{{ toYaml . }}
{{- end -}}
{{- end -}}

{{- define "oarlock.matches" -}}
{{- $known := list "GET" "HEAD" "POST" "PUT" "DELETE" "CONNECT" "OPTIONS" "TRACE" "PATCH" -}}
{{- range $route := . }}
{{- if not $route.methods }}
- path: { type: {{ $route.type }}, value: {{ $route.path | toJson }} }
{{- end }}
{{- range $method := $route.methods }}
{{- if not (has $method $known) -}}
{{- fail (printf "sharedHost.httpRoute: the Gateway API knows no method %s (%s of %s): route it by a path of its own" $method $route.path $route.service) -}}
{{- end }}
- path: { type: {{ $route.type }}, value: {{ $route.path | toJson }} }
  method: {{ $method }}
{{- end }}
{{- end }}
{{- end -}}

{{- /* A route for each service and 64 matches, which is what one rule may have. */ -}}
{{- define "oarlock.httproutes" -}}
{{- $host := .Values.sharedHost -}}
{{- if $host.httpRoute.enabled -}}
{{- if not $host.httpRoute.parentRefs -}}
{{- fail "sharedHost.httpRoute.parentRefs: name the Gateway that has the host" -}}
{{- end -}}
{{- range $service, $routes := include "oarlock.routesByService" . | fromJson -}}
{{- range $index, $matches := include "oarlock.matches" $routes | fromYamlArray | chunk 64 }}
{{- $name := include "oarlock.fullnameOf" (dict "service" $service "release" $.Release.Name) }}
{{- if $index }}{{ $name = printf "%s.%d" $name (add1 $index) }}{{ end }}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata:
  name: {{ $name | quote }}
  namespace: {{ $.Release.Namespace | quote }}
  labels:
    {{- include "oarlock.hostLabels" $ | nindent 4 }}
  {{- with $host.httpRoute.annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  parentRefs:
    {{- toYaml $host.httpRoute.parentRefs | nindent 4 }}
  {{- with $host.httpRoute.hostnames }}
  hostnames:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  rules:
    - matches:
        {{- toYaml $matches | nindent 8 }}
      backendRefs:
        - name: {{ include "oarlock.fullnameOf" (dict "service" $service "release" $.Release.Name) | quote }}
          port: {{ int (index $.Values $service).service.port }}
{{- end }}
{{- end }}
{{- end -}}
{{- end -}}

{{- /* An Ingress tells requests apart by the beginnings of their paths alone. */ -}}
{{- define "oarlock.ingressPaths" -}}
{{- $types := dict "Exact" "Exact" "PathPrefix" "Prefix" -}}
{{- range .Values.sharedHost.routes }}
{{- if (index $.Values .service).enabled }}
{{- if or .methods (not (hasKey $types .type)) -}}
{{- fail (printf "sharedHost.ingress: an Ingress can't lead %s %s to %s: take sharedHost.httpRoute, or deal the tags otherwise" (join "," .methods) .path .service) -}}
{{- end }}
- path: {{ .path | toJson }}
  pathType: {{ get $types .type }}
  backend:
    service:
      name: {{ include "oarlock.fullnameOf" (dict "service" .service "release" $.Release.Name) | quote }}
      port:
        name: http
{{- end }}
{{- end }}
{{- end -}}

{{- define "oarlock.ingress" -}}
{{- $ingress := .Values.sharedHost.ingress -}}
{{- if $ingress.enabled -}}
{{- if not $ingress.host -}}
{{- fail "sharedHost.ingress.host: name the host" -}}
{{- end -}}
{{- $paths := include "oarlock.ingressPaths" . | trim -}}
{{- if not $paths -}}
{{- fail "sharedHost.ingress: no rule of sharedHost.routes leads to a service that is enabled: enable one, or leave the Ingress out" -}}
{{- end -}}
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: {{ .Release.Name | trunc 63 | trimSuffix "-" | quote }}
  namespace: {{ .Release.Namespace | quote }}
  labels:
    {{- include "oarlock.hostLabels" . | nindent 4 }}
  {{- with $ingress.annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  {{- with $ingress.className }}
  ingressClassName: {{ . | quote }}
  {{- end }}
  {{- with $ingress.tls }}
  tls:
    {{- range . }}
    {{- merge (dict) . (dict "hosts" (list $ingress.host)) | list | toYaml | nindent 4 }}
    {{- end }}
  {{- end }}
  rules:
    - host: {{ $ingress.host | quote }}
      http:
        paths:
          {{- $paths | nindent 10 }}
{{- end -}}
{{- end -}}
