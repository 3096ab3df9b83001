{{/* Authorizes the clients of an authentication. .root: the chart's context, .name and .kind: of the target, .by: kind of the authentication, .of: its name. */}}
{{- define "service.authorization" }}
---
apiVersion: policy.linkerd.io/v1alpha1
kind: AuthorizationPolicy
metadata:
  name: {{ printf "%s.%s" .name (ternary "mesh" "network" (eq .by "MeshTLSAuthentication")) | quote }}
  namespace: {{ .root.Release.Namespace | quote }}
  labels:
    {{- include "service.labels" .root | nindent 4 }}
spec:
  targetRef:
    group: policy.linkerd.io
    kind: {{ .kind }}
    name: {{ .name | quote }}
  requiredAuthenticationRefs:
    - group: policy.linkerd.io
      kind: {{ .by }}
      name: {{ .of | quote }}
{{- end }}

{{/*
The kubelet's gRPC probe comes from outside the mesh. A Server with a route serves routes only, so all other requests get a route too.
.root: the chart's context, .server: the Server's name.
*/}}
{{- define "service.grpcProbe" }}
{{- $labels := include "service.labels" .root }}
{{- $namespace := .root.Release.Namespace }}
{{- $server := .server }}
{{- $health := dict "path" (dict "type" "Exact" "value" "/grpc.health.v1.Health/Check") "method" "POST" }}
{{- $all := dict "path" (dict "type" "PathPrefix" "value" "/") }}
{{- range $name, $match := dict $server $all (printf "%s.probe" $server) $health }}
---
apiVersion: policy.linkerd.io/v1beta3
kind: HTTPRoute
metadata:
  name: {{ $name | quote }}
  namespace: {{ $namespace | quote }}
  labels:
    {{- $labels | nindent 4 }}
spec:
  parentRefs:
    - group: policy.linkerd.io
      kind: Server
      name: {{ $server | quote }}
  rules:
    - matches:
        - {{- toYaml $match | nindent 10 }}
{{- end }}
---
apiVersion: policy.linkerd.io/v1alpha1
kind: NetworkAuthentication
metadata:
  name: {{ printf "%s.probe" $server | quote }}
  namespace: {{ $namespace | quote }}
  labels:
    {{- $labels | nindent 4 }}
spec:
  networks:
    - cidr: 0.0.0.0/0
    - cidr: "::/0"
{{- include "service.authorization" (dict "root" .root "name" (printf "%s.probe" $server) "kind" "HTTPRoute" "by" "NetworkAuthentication" "of" (printf "%s.probe" $server)) }}
{{- end }}
