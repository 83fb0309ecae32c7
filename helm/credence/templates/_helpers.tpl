{{- /* SPDX-License-Identifier: Apache-2.0 */ -}}
{{/* The name of everything: the release's, with the chart's where that is not in it already. */}}
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

{{/* What tells our pods from others. Never changes, as a Deployment's selector cannot. */}}
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

{{/* The account that the operator acts as. */}}
{{- define "credence.serviceAccountName" -}}
{{- $name := dig "name" "" .Values.serviceAccount -}}
{{- if and (not $name) (not (dig "create" true .Values.serviceAccount)) -}}
{{- fail "serviceAccount.create is false: serviceAccount.name must say which account the operator acts as" -}}
{{- end -}}
{{- default (include "credence.fullname" .) $name -}}
{{- end -}}

{{/*
Values that a chart before this one did not know have their default here as well: `helm upgrade --reuse-values` brings the
values of the chart before, and no others.
*/}}
{{- define "credence.tier" -}}
{{- dig "rbac" "tier" "Enforce" .Values.AsMap -}}
{{- end -}}

{{- define "credence.image" -}}
{{- if .Values.image.digest -}}
{{ printf "%s@%s" .Values.image.repository .Values.image.digest }}
{{- else -}}
{{ printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) }}
{{- end -}}
{{- end -}}

