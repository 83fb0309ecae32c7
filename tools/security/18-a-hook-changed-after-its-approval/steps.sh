#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# carol approves an identity whose hook runs a CronJob. Then bob changes what the CronJob runs: another image, another ServiceAccount.
# No Job of the new template may start by the approval of the old one. The identity is created by dan, who may do all that it asks for, so
# that escalation.credence.dev is not what refuses it.
. "$(dirname "$0")/../lib.sh"
ns=security-18
start_over $ns
kubectl --as=dan -n $ns create -f - >/dev/null <<'Y'
apiVersion: credence.dev/v1alpha1
kind: MachineIdentity
metadata:
  name: wanted
spec:
  owner:
    contact: dan@example.com
  secrets:
  - name: database
    hooks:
      apply:
        cronJobName: apply
    generate:
      keys:
      - name: password
        password:
          length: 32
Y
within 60 has_scope $ns wanted || not_tried 'the operator asks for no approval'
approved=$(scope_of $ns wanted)
kubectl --as=carol -n $ns annotate machineidentity wanted "credence.dev/approve=carol $approved" >/dev/null
images() { kubectl -n $ns get jobs -o 'jsonpath={.items[*].spec.template.spec.containers[*].image}'; }
of_the_approved() { [[ $(images) == *apply:1* ]]; }
within 60 of_the_approved || not_tried 'the approved hook does not start'
kubectl --as=bob -n $ns patch cronjob apply --type=merge -p '{"spec": {"jobTemplate": {"spec": {"template": {"spec": {
  "serviceAccountName": "powerful", "automountServiceAccountToken": true, "containers": [{"name": "apply", "image": "registry.example/of-bob:1"}]}}}}}}' >/dev/null
kubectl --as=bob -n $ns annotate machineidentity wanted --overwrite "credence.dev/rotate=$RANDOM" >/dev/null
kubectl -n $ns delete jobs --all >/dev/null # a failed attempt is followed by another one
of_bob() { [[ $(images) == *of-bob* ]]; }
within 60 of_bob && weakness "approved by carol, run by the operator, written by bob: $(images)"
asked_again() { [ -n "$(scope_of $ns wanted)" ] && [ "$(scope_of $ns wanted)" != "$approved" ]; }
within 60 asked_again || weakness "the changed hook does not run, and no approval is asked for: $(condition $ns wanted Approved message)"
rejected "the changed hook does not run: $(condition $ns wanted Approved message)"
