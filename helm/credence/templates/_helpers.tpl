{{- /* SPDX-License-Identifier: Apache-2.0 */ -}}
{{/* The full name of the objects: the name of the release, and of the chart if the former does not contain it. */}}
{{- define "credence.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* The selector of the pods. It must never change, since the selector of a Deployment cannot. */}}
{{- define "credence.selectorLabels" -}}
app.kubernetes.io/name: {{ default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "credence.labels" -}}
{{ include "credence.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: credence
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* The ServiceAccount of the operator. */}}
{{- define "credence.serviceAccountName" -}}
{{- $name := dig "name" "" .Values.serviceAccount -}}
{{- if and (not $name) (not (dig "create" true .Values.serviceAccount)) -}}
{{- fail "serviceAccount.create is false: set serviceAccount.name to an existing ServiceAccount" -}}
{{- end -}}
{{- default (include "credence.fullname" .) $name -}}
{{- end -}}

{{/*
The default is here as well, since `helm upgrade --reuse-values` brings only the values of the previous chart.
*/}}
{{- define "credence.tier" -}}
{{- dig "rbac" "tier" "Enforce" .Values.AsMap -}}
{{- end -}}

{{/* The namespace of all objects that have one, unless they belong to the namespaces that the operator watches. */}}
{{- define "credence.namespace" -}}
{{- default .Release.Namespace .Values.namespaceOverride -}}
{{- end -}}

{{/*
The annotations of an object, with those that all objects have: (list . ANNOTATIONS). Empty if there are none. Follows the labels
in `metadata` of a top-level object.
*/}}
{{- define "credence.annotations" -}}
{{- $root := index . 0 -}}
{{- with merge (dict) (default dict (index . 1)) (default dict $root.Values.commonAnnotations) }}
  annotations:
    {{- toYaml . | nindent 4 }}
{{- end -}}
{{- end -}}

{{- define "credence.image" -}}
{{- $image := .Values.image -}}
{{- if not $image.repository -}}
{{- fail (printf "\n\nSet image.repository to the image of the operator, for example --set image.repository=registry.example.com/platform/credence. No image is published: `make image` builds it, and docs/install.md describes how to push it.") -}}
{{- end -}}
{{- $registry := default (dig "registry" "" $image) (dig "global" "imageRegistry" "" .Values.AsMap) -}}
{{- $repository := ternary (printf "%s/%s" (trimSuffix "/" $registry) $image.repository) $image.repository (not (empty $registry)) -}}
{{- if $image.digest -}}
{{ printf "%s@%s" $repository $image.digest }}
{{- else -}}
{{ printf "%s:%s" $repository (default .Chart.AppVersion $image.tag) }}
{{- end -}}
{{- end -}}

{{/* The pull secrets of the chart and of the umbrella chart, as in a pod. Empty if there are none. */}}
{{- define "credence.imagePullSecrets" -}}
{{- $all := list -}}
{{- range concat (dig "global" "imagePullSecrets" list .Values.AsMap) .Values.imagePullSecrets -}}
{{- $all = append $all (ternary (dict "name" .) . (kindIs "string" .)) -}}
{{- end -}}
{{- with $all | uniq -}}
imagePullSecrets:
{{ toYaml . }}
{{- end -}}
{{- end -}}

{{/*
The options of the JVM. The last of two equal options applies: `extraJavaOptions` can change the options before it, but not those
that keep credentials inside of the process. The image has the same options (Image.java).
*/}}
{{- define "credence.javaOptions" -}}
{{- $options := list "-XX:+UseSerialGC" "-XX:TieredStopAtLevel=1" "-XX:+UseCompactObjectHeaders" -}}
{{- $options = concat $options (list "-XX:+UnlockDiagnosticVMOptions" "-XX:ArchiveRelocationMode=0") -}}
{{- $options = concat $options (list "-Xms16m" (printf "-Xmx%s" (dig "heap" "max" "192m" .Values.AsMap)) "-XX:MaxNewSize=20m") -}}
{{- $options = concat $options (list "-XX:MinHeapFreeRatio=20" "-XX:MaxHeapFreeRatio=40" "-Xss512k") -}}
{{- $options = concat $options (dig "extraJavaOptions" list .Values.AsMap) -}}
{{- $options = concat $options (list "-XX:+ExitOnOutOfMemoryError" "-XX:-HeapDumpOnOutOfMemoryError" "-XX:+DisableAttachMechanism") -}}
{{- $options = append $options "--enable-native-access=ALL-UNNAMED" -}}
{{- join " " $options -}}
{{- end -}}

{{/* A probe of the values over its default: (list . NAME DEFAULT). */}}
{{- define "credence.probe" -}}
{{- toYaml (merge (dict) (dig (index . 1) (dict) (index . 0).Values.AsMap) (index . 2)) -}}
{{- end -}}

{{/* How the pods of the Deployment and of the Job reach the API server. */}}
{{- define "credence.podNetwork" -}}
{{- with dig "runtimeClassName" "" .Values.AsMap }}
runtimeClassName: {{ . }}
{{- end }}
{{- if dig "hostNetwork" false .Values.AsMap }}
hostNetwork: true
{{- end }}
{{- with default (ternary "ClusterFirstWithHostNet" "" (dig "hostNetwork" false .Values.AsMap)) (dig "dnsPolicy" "" .Values.AsMap) }}
dnsPolicy: {{ . }}
{{- end }}
{{- with dig "dnsConfig" dict .Values.AsMap }}
dnsConfig:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with dig "hostAliases" list .Values.AsMap }}
hostAliases:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}
