{{/*
Pod spec of the service and of its cron jobs: same image, ServiceAccount, environment, mounts and security.
.root: the chart's context. .command, .args: of the container. .serving: whether this is the service itself, with ports, probes and storage.
*/}}
{{- define "service.pod" -}}
{{- $values := .root.Values -}}
{{- $readOnly := $values.securityContext.readOnlyRootFilesystem -}}
serviceAccountName: {{ .root.Release.Name | quote }}
automountServiceAccountToken: {{ $values.serviceAccountTokenMounted }}
enableServiceLinks: false
terminationGracePeriodSeconds: {{ $values.terminationGracePeriodSeconds }}
{{- if not .serving }}
restartPolicy: Never
{{- end }}
securityContext:
  {{- toYaml $values.podSecurityContext | nindent 2 }}
containers:
  - name: {{ .root.Release.Name | quote }}
    image: {{ $values.image | quote }}
    {{- with $values.imagePullPolicy }}
    imagePullPolicy: {{ . | quote }}
    {{- end }}
    {{- with .command }}
    command:
      {{- toYaml . | nindent 6 }}
    {{- end }}
    {{- with .args }}
    args:
      {{- toYaml . | nindent 6 }}
    {{- end }}
    {{- with $values.env }}
    env:
      {{- toYaml . | nindent 6 }}
    {{- end }}
    {{- with $values.secret.name }}
    envFrom:
      - secretRef:
          name: {{ . | quote }}
    {{- end }}
    resources:
      {{- toYaml $values.resources | nindent 6 }}
    securityContext:
      {{- toYaml $values.securityContext | nindent 6 }}
    {{- if .serving }}
    {{- include "service.serving" $values | trim | nindent 4 }}
    {{- end }}
    {{- if or $readOnly $values.certificates.configMap (and .serving $values.persistentStorage) }}
    volumeMounts:
      {{- if $values.certificates.configMap }}
      - name: certificates
        mountPath: {{ $values.certificates.mountPath | quote }}
        readOnly: true
      {{- end }}
      {{- if $readOnly }}
      - name: temporary
        mountPath: /tmp
      {{- end }}
      {{- if .serving }}
      {{- range $values.persistentStorage }}
      - name: {{ .name | quote }}
        mountPath: {{ .path | quote }}
      {{- end }}
      {{- end }}
    {{- end }}
{{- if or $readOnly $values.certificates.configMap }}
volumes:
  {{- with $values.certificates.configMap }}
  - name: certificates
    configMap:
      name: {{ . | quote }}
  {{- end }}
  {{- if $readOnly }}
  - name: temporary
    emptyDir: {}
  {{- end }}
{{- end }}
{{- if .serving }}
{{- include "service.spread" .root }}
{{- end }}
{{- with $values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* Fields of the service's own container only: ports, probes, and the delay before it stops. The context is .Values. */}}
{{- define "service.serving" -}}
{{- with .ports }}
ports:
  {{- range . }}
  - name: {{ .name | quote }}
    containerPort: {{ .containerPort }}
    protocol: TCP
  {{- end }}
{{- end }}
{{- range $probe := list "startupProbe" "livenessProbe" "readinessProbe" }}
{{- with index $ $probe }}
{{ $probe }}:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
{{- with .preStopSleepSeconds }}
lifecycle:
  preStop:
    sleep:
      seconds: {{ . }}
{{- end }}
{{- end }}

{{/* Spreads the pods over availability zones, and within a zone over nodes, as far as possible. */}}
{{- define "service.spread" -}}
{{- if gt (int .Values.autoscaling.maxReplicas) 1 }}
topologySpreadConstraints:
  {{- range list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
  - topologyKey: {{ . }}
    maxSkew: 1
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "service.selector" $ | nindent 8 }}
    {{- if not $.Values.persistentStorage }}
    matchLabelKeys: [pod-template-hash]
    {{- end }}
  {{- end }}
{{- end }}
{{- end }}

{{/* Template of the service's own pods. */}}
{{- define "service.podTemplate" -}}
metadata:
  labels:
    {{- include "service.podLabels" (dict "root" . "component" "service") | nindent 4 }}
  {{- $generation := dict }}
  {{- with .Values.secret.generation }}
  {{- $generation = dict "opta.platform/secret-generation" . }}
  {{- end }}
  {{- with merge $generation .Values.podAnnotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  {{- include "service.pod" (dict "root" . "command" .Values.command "args" .Values.args "serving" true) | nindent 2 }}
{{- end }}
