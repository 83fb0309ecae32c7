{{- /* SPDX-License-Identifier: Apache-2.0 */ -}}
{{- /* What is known of the system, as JSON. `make generate` writes the file from the drivers of the image. */ -}}
{{- define "recipes.system" -}}
{{- get (.Files.Get "files/systems.yaml" | fromYaml) .Values.system | toJson -}}
{{- end -}}

{{- /* Name of the Secret, and first part of the names of all objects. */ -}}
{{- define "recipes.name" -}}
{{- default .Release.Name .Values.secret.name -}}
{{- end -}}

{{- /* A system that has one host for everybody needs none in the values. */ -}}
{{- define "recipes.host" -}}
{{- default (include "recipes.system" . | fromJson).host .Values.host -}}
{{- end -}}

{{- define "recipes.adminSecret" -}}
{{- default (printf "%s-admin" (include "recipes.name" .)) .Values.admin.existingSecret -}}
{{- end -}}

{{- define "recipes.selectorLabels" -}}
app.kubernetes.io/name: credence-hooks
app.kubernetes.io/instance: {{ include "recipes.name" . }}
{{- end -}}

{{- define "recipes.image" -}}
{{- $image := .Values.image -}}
{{- $registry := default $image.registry (dig "imageRegistry" "" (default dict .Values.global)) -}}
{{- $repository := ternary (printf "%s/%s" (trimSuffix "/" $registry) $image.repository) $image.repository (not (empty $registry)) -}}
{{- if $image.digest -}}
{{ printf "%s@%s" $repository $image.digest }}
{{- else -}}
{{ printf "%s:%s" $repository (default .Chart.AppVersion $image.tag) }}
{{- end -}}
{{- end -}}

{{- /* Fails with what is missing, and how to set it. `credence recipe` has the same sentences. */ -}}
{{- define "recipes.check" -}}
{{- $system := include "recipes.system" . | fromJson -}}
{{- if not (include "recipes.host" .) -}}
{{- fail "\n\nSet host to the host name of the system, for example --set host=db.sales.example.com" -}}
{{- end -}}
{{- if not .Values.account.name -}}
{{- fail "\n\nSet account.name to the name of the account in the system, for example --set account.name=crm" -}}
{{- end -}}
{{- if not .Values.image.repository -}}
{{- fail "\n\nSet image.repository to the image of the hooks, for example --set image.repository=registry.example.com/platform/credence-hooks. No image is published: `make image` builds it, and docs/hooks-image.md describes it." -}}
{{- end -}}
{{- if gt (len (include "recipes.name" .)) 45 -}}
{{- fail (printf "\n\nThe name %s is too long: set secret.name to at most 45 characters, since names of other objects are derived from it." (include "recipes.name" .)) -}}
{{- end -}}
{{- $known := list -}}
{{- range $system.settings -}}
{{- $known = append $known .name -}}
{{- if and .required (not (hasKey $.Values.settings .name)) -}}
{{- fail (printf "\n\nSet settings.%s for %s: %s." .name $.Values.system .meaning) -}}
{{- end -}}
{{- end -}}
{{- range $name, $_ := .Values.settings -}}
{{- if not (has $name $known) -}}
{{- fail (printf "\n\n%s is not a setting of %s. Its settings are %s." $name $.Values.system (join ", " $known)) -}}
{{- end -}}
{{- end -}}
{{- if and .Values.admin.existingSecret .Values.admin.data -}}
{{- fail "\n\nSet either admin.existingSecret or admin.data, not both." -}}
{{- end -}}
{{- if not .Values.admin.existingSecret -}}
{{- range $system.admin -}}
{{- if not (get $.Values.admin.data .) -}}
{{- fail (printf "\n\nSet admin.existingSecret to a Secret of the namespace with the administrative account, with the keys %s. `--set-file admin.data.%s=FILE` creates one instead." (join ", " $system.admin) .) -}}
{{- end -}}
{{- end -}}
{{- range $key, $_ := .Values.admin.data -}}
{{- if not (has $key $system.admin) -}}
{{- fail (printf "\n\nadmin.data.%s is not used by %s. Its keys are %s." $key $.Values.system (join ", " $system.admin)) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if and .Values.tls.caConfigMap (not $system.tls) -}}
{{- fail (printf "\n\n%s has no certificate authority: remove tls.caConfigMap." .Values.system) -}}
{{- end -}}
{{- end -}}

{{- /* The entry of the Secret in `spec.secrets` of a MachineIdentity. */ -}}
{{- define "recipes.secret" -}}
{{- $system := include "recipes.system" . | fromJson -}}
{{- $name := include "recipes.name" . -}}
name: {{ $name }}
account:
  type: {{ $system.accountType }}
  system: {{ default (include "recipes.host" .) .Values.account.system | quote }}
  name: {{ .Values.account.name | quote }}
{{- if ne $system.secretType "Opaque" }}
type: {{ $system.secretType }}
{{- end }}
generate:
  keys:
  {{- toYaml $system.keys | replace "{account}" .Values.account.name | nindent 2 }}
  {{- with .Values.secret.extraKeys }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- /* Null is the default of the system, and an empty text that of the policy. */}}
{{- $interval := ternary $system.interval .Values.rotation.interval (kindIs "invalid" .Values.rotation.interval) }}
{{- $overlap := ternary $system.overlap .Values.rotation.overlap (kindIs "invalid" .Values.rotation.overlap) }}
{{- if or $interval $overlap }}
rotation:
  {{- with $interval }}
  interval: {{ . }}
  {{- end }}
  {{- with $overlap }}
  overlap: {{ . }}
  {{- end }}
{{- end }}
{{- /* A step whose request is a setting has a hook only if the setting is set. */}}
{{- $unset := list }}
{{- range $system.settings }}
{{- if not (get $.Values.settings .name) }}
{{- $unset = append $unset .name }}
{{- end }}
{{- end }}
hooks:
  {{- range $step := $system.steps }}
  {{- if has (printf "HOOK_%s" (upper $step)) $unset }}
  {{- else if and (eq $step "probe") $.Values.hooks.probe }}
  probe:
    interval: {{ $.Values.hooks.probe }}
    timeout: {{ $.Values.hooks.timeout }}
  {{- else if and (ne $step "probe") (or $.Values.hooks.lock (not (has $step (list "suspend" "resume")))) }}
  {{ $step }}:
    cronJobName: {{ $name }}-{{ ternary $step "hook" (has $step (list "issue" "verify")) }}
    timeout: {{ $.Values.hooks.timeout }}
  {{- end }}
  {{- end }}
{{- end -}}

{{- /* A CronJob that never runs by itself. The argument: the root, its name without the first part, and its volumes: path, name, source. */ -}}
{{- define "recipes.cronJob" -}}
{{- $root := index . 0 -}}
{{- $purpose := index . 1 -}}
{{- $volumes := index . 2 -}}
{{- $values := $root.Values -}}
{{- $system := include "recipes.system" $root | fromJson -}}
{{- $name := include "recipes.name" $root -}}
{{- if and $values.tls.caConfigMap $system.tls -}}
{{- $volumes = append $volumes (dict "name" "ca" "path" "/ca" "source" (dict "configMap" (dict "name" $values.tls.caConfigMap))) -}}
{{- end -}}
apiVersion: batch/v1
kind: CronJob
metadata:
  name: {{ $name }}-{{ $purpose }}
  namespace: {{ $root.Release.Namespace }}
  labels:
    {{- include "recipes.selectorLabels" $root | nindent 4 }}
  annotations:
    # Identities of this namespace may run it.
    credence.dev/hook: "true"
spec:
  # It never runs by its schedule: the operator creates a Job from it.
  suspend: true
  schedule: "0 0 31 2 *"
  jobTemplate:
    spec:
      # Credence counts the attempts.
      backoffLimit: 0
      template:
        metadata:
          labels:
            {{- include "recipes.selectorLabels" $root | nindent 12 }}
            {{- with $values.pods.labels }}
            {{- toYaml . | nindent 12 }}
            {{- end }}
          {{- with $values.pods.annotations }}
          annotations:
            {{- toYaml . | nindent 12 }}
          {{- end }}
        spec:
          restartPolicy: Never
          serviceAccountName: {{ $name }}-{{ ternary "issue" "hook" (eq $purpose "issue") }}
          automountServiceAccountToken: {{ eq $purpose "issue" }}
          enableServiceLinks: false
          {{- with $values.imagePullSecrets }}
          imagePullSecrets:
            {{- toYaml . | nindent 12 }}
          {{- end }}
          {{- with $values.pods.priorityClassName }}
          priorityClassName: {{ . }}
          {{- end }}
          {{- with $values.pods.schedulerName }}
          schedulerName: {{ . }}
          {{- end }}
          {{- with $values.pods.nodeSelector }}
          nodeSelector:
            {{- toYaml . | nindent 12 }}
          {{- end }}
          {{- with $values.pods.tolerations }}
          tolerations:
            {{- toYaml . | nindent 12 }}
          {{- end }}
          {{- with $values.pods.affinity }}
          affinity:
            {{- toYaml . | nindent 12 }}
          {{- end }}
          securityContext:
            runAsNonRoot: true
            seccompProfile:
              type: RuntimeDefault
          containers:
          - name: hook
            image: {{ include "recipes.image" $root }}
            imagePullPolicy: {{ $values.image.pullPolicy }}
            args:
            - {{ $values.system }}
            env:
            - name: HOOK_HOST
              value: {{ include "recipes.host" $root | quote }}
            - name: HOOK_PORT
              value: {{ default $system.port $values.port | toString | quote }}
            {{- if not $system.twoAccounts }}
            - name: HOOK_USERNAME
              value: {{ $values.account.name | quote }}
            {{- end }}
            {{- if and $system.tls (not $values.tls.enabled) }}
            - name: HOOK_TLS
              value: "off"
            {{- end }}
            {{- if and $system.tls $values.tls.caConfigMap }}
            - name: HOOK_CA_FILE
              value: /ca/{{ $values.tls.caKey }}
            {{- end }}
            {{- range $key, $value := $values.settings }}
            - name: {{ $key }}
              value: {{ $value | toString | quote }}
            {{- end }}
            # The message of a hook that failed is its last line.
            terminationMessagePolicy: FallbackToLogsOnError
            {{- with $values.pods.resources }}
            resources:
              {{- toYaml . | nindent 14 }}
            {{- end }}
            securityContext:
              allowPrivilegeEscalation: false
              readOnlyRootFilesystem: true
              capabilities:
                drop:
                - ALL
            volumeMounts:
            {{- range $volumes }}
            - name: {{ .name }}
              mountPath: {{ .path }}
              readOnly: true
            {{- end }}
          volumes:
          {{- range $volumes }}
          - name: {{ .name }}
            {{- toYaml .source | nindent 12 }}
          {{- end }}
{{- end -}}
