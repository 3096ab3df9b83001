{{/* What finds the pods of the service itself; it can never change, so nothing that varies belongs here. */}}
{{- define "service.selector" -}}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
app.kubernetes.io/component: service
{{- end }}

{{/* The labels of every object but pods. */}}
{{- define "service.labels" -}}
app.kubernetes.io/name: {{ .Release.Name | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
app.kubernetes.io/part-of: {{ .Release.Namespace | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service | quote }}
{{- with .Values.environment }}
opta.platform/environment: {{ . | quote }}
{{- end }}
{{- end }}

{{/* The labels of a pod. .root: the chart's context, .component: service or cron-job. */}}
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

{{/* The kind of what runs the pods. */}}
{{- define "service.workload" -}}
{{- if .Values.persistentStorage }}StatefulSet{{ else }}Deployment{{ end }}
{{- end }}
