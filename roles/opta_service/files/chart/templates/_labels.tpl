{{/* Labels that select the service's own pods. A selector cannot be changed, so it has constant labels only. */}}
{{- define "service.selector" -}}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
app.kubernetes.io/component: service
{{- end }}

{{/* Labels of all objects except pods. */}}
{{- define "service.labels" -}}
app.kubernetes.io/name: {{ .Release.Name | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
app.kubernetes.io/part-of: {{ .Release.Namespace | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service | quote }}
{{- with .Values.environment }}
opta.platform/environment: {{ . | quote }}
{{- end }}
{{- end }}

{{/* Labels of a pod. .root: the chart's context, .component: service or cron-job. */}}
{{- define "service.podLabels" -}}
{{- with .root.Values.podLabels }}
{{- toYaml . }}
{{ end -}}
app.kubernetes.io/name: {{ .root.Release.Name | quote }}
app.kubernetes.io/instance: {{ .root.Release.Name | quote }}
app.kubernetes.io/component: {{ .component }}
app.kubernetes.io/part-of: {{ .root.Release.Namespace | quote }}
{{- with .root.Values.environment }}
opta.platform/environment: {{ . | quote }}
{{- end }}
{{- end }}

{{/* Kind of the workload. */}}
{{- define "service.workload" -}}
{{- if .Values.persistentStorage }}StatefulSet{{ else }}Deployment{{ end }}
{{- end }}
