{{- /* What values of a service must not say together, which no schema can tell. */ -}}
{{- define "oarlock.refusals" -}}
{{- include "oarlock.portsOnce" . -}}
{{- include "oarlock.variablesOnce" . -}}
{{- with .Values.autoscaling -}}
{{- if and .enabled (lt (int .maxReplicas) (int .minReplicas)) -}}
{{- fail (printf "%s.autoscaling: maxReplicas is %d and minReplicas %d: raise the one, or lower the other" $.Chart.Name (int .maxReplicas) (int .minReplicas)) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- /* Pods have both ports under one address, and so has the Service. */ -}}
{{- define "oarlock.portsOnce" -}}
{{- $admin := int .Values.ports.admin -}}
{{- range $key, $port := dict "ports.http" .Values.ports.http "service.port" .Values.service.port -}}
{{- if eq $admin (int $port) -}}
{{- fail (printf "%s.%s and %s.ports.admin would both be %d: give one of them another" $.Chart.Name $key $.Chart.Name $admin) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- /* What the chart tells the service by variables is said by the values that it is made of, and nowhere else. */ -}}
{{- define "oarlock.variablesOnce" -}}
{{- $own := include "oarlock.ownVariables" . | fromYaml -}}
{{- range $variable := keys .Values.secrets | sortAlpha -}}
{{- include "oarlock.notOwn" (dict "service" $.Chart.Name "own" $own "key" "secrets" "variable" $variable) -}}
{{- $_ := set $own (printf "%s_FILE" $variable) (printf "secrets.%s" $variable) -}}
{{- end -}}
{{- range $variable := keys .Values.environment | sortAlpha -}}
{{- include "oarlock.notOwn" (dict "service" $.Chart.Name "own" $own "key" "environment" "variable" $variable) -}}
{{- end -}}
{{- $seen := dict -}}
{{- range .Values.env -}}
{{- $variable := toString .name -}}
{{- include "oarlock.notOwn" (dict "service" $.Chart.Name "own" $own "key" "env" "variable" $variable) -}}
{{- if hasKey $seen $variable -}}
{{- fail (printf "%s.env: %s stands twice: leave one of them out" $.Chart.Name $variable) -}}
{{- end -}}
{{- $_ := set $seen $variable true -}}
{{- end -}}
{{- end -}}

{{- define "oarlock.notOwn" -}}
{{- with get .own .variable -}}
{{- fail (printf "%s.%s: %s is made of %s.%s: say it there" $.service $.key $.variable $.service .) -}}
{{- end -}}
{{- end -}}
