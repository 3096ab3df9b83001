{{/* Ingress that publishes the service. Empty without public addresses or pods. */}}
{{- define "service.publishedBy" -}}
{{- if and .Values.public.addresses (gt (int .Values.autoscaling.maxReplicas) 0) }}
{{- .Values.public.ingress }}
{{- end }}
{{- end }}

{{/* Metadata of the objects of a public address. .root: the chart's context, .address: the address. */}}
{{- define "service.addressMetadata" -}}
name: {{ .address.name | quote }}
namespace: {{ .root.Release.Namespace | quote }}
labels:
  {{- include "service.labels" .root | nindent 2 }}
{{- with .address.annotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "service.routeKind" -}}
{{- ternary "GRPCRoute" "HTTPRoute" .grpc }}
{{- end }}

{{- define "service.routeReference" -}}
group: gateway.networking.k8s.io
kind: {{ include "service.routeKind" . }}
name: {{ .name | quote }}
{{- end }}
