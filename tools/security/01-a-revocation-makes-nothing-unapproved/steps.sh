#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# bob has a harmless Secret approved, makes it a token of a stronger ServiceAccount, and revokes the value: the revocation must end it, and
# must not create what nobody approved. Then he tries the other ways without any approval: a Secret to be adopted, and a revocation of it.
. "$(dirname "$0")/../lib.sh"
ns=security-01
start_over $ns
bob() { kubectl --as=bob -n $ns "$@"; }
bob create -f - >/dev/null <<'Y'
apiVersion: credence.dev/v1alpha1
kind: MachineIdentity
metadata:
  name: approved-once
spec:
  owner:
    contact: bob@example.com
  serviceAccounts:
  - name: powerful
  secrets:
  - name: mine
    generate:
      keys:
      - name: password
        password:
          length: 32
Y
within 60 has_scope $ns approved-once || not_tried 'the operator asks for no approval'
kubectl --as=carol -n $ns annotate machineidentity approved-once "credence.dev/approve=carol $(scope_of $ns approved-once)" >/dev/null
within 60 is_set $ns secret/mine '{.data.password}' || not_tried 'what was approved is not created'
bob patch machineidentity approved-once --type=json -p '[{"op": "replace", "path": "/spec/secrets", "value": [{"name": "mine", "token": {"serviceAccount": "powerful"}}]}]' >/dev/null || not_tried 'bob may not ask for the token'
within 60 has_condition $ns approved-once Approved False || weakness 'the changed scope needs no approval'
bob annotate machineidentity approved-once credence.dev/revoke=lost-it >/dev/null
has_token() { is_set $ns secret/mine '{.data.token}'; }
within 30 has_token && weakness 'the revocation created a token that nobody approved'
note "after the revocation: $(condition $ns approved-once Approved message)"

bob create -f - >/dev/null <<'Y'
apiVersion: credence.dev/v1alpha1
kind: MachineIdentity
metadata:
  name: never-approved
spec:
  owner:
    contact: bob@example.com
  secrets:
  - name: given
    token:
      serviceAccountName: powerful
  serviceAccounts:
  - name: powerful
Y
bob create -f - >/dev/null <<'Y'
apiVersion: v1
kind: Secret
metadata:
  name: given
  annotations:
    credence.dev/adopt: never-approved
stringData:
  token: none
Y
within 60 has_scope $ns never-approved || not_tried 'the operator asks for no approval'
bob annotate machineidentity never-approved credence.dev/revoke=lost-it credence.dev/rotate=now >/dev/null
changed() { [ "$(secret_value $ns given token)" != none ]; }
within 30 changed && weakness 'a Secret that was to be adopted holds a token that nobody approved'
rejected 'nothing is created that nobody approved'
