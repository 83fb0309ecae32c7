#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A policy suspends identities. The tenant leaves it: by another label, or by deleting the identity and creating it again. Either the
# account stays suspended, or a Warning Event reports that the policy was left. Third, the tenant creates an identity that looks like
# one of the operator's own (field manager `credence`, label credence.dev/discovered), which policies judge less strictly.
. "$(dirname "$0")/../lib.sh"
ns=security-12
start_over $ns
bob() { kubectl --as=bob -n $ns "$@"; }
expired() { # NAME
  bob create -f - >/dev/null <<Y
apiVersion: credence.dev/v1alpha1
kind: MachineIdentity
metadata:
  name: $1
  labels:
    stage: production
spec:
  owner:
    contact: bob@example.com
  expirationTime: "2026-01-01T00:00:00Z"
  serviceAccounts:
  - name: $1
Y
}
for account in relabelled recreated; do
  within 30 writes $ns $account || not_tried "$account cannot write from the start"
  kubectl auth can-i create serviceaccounts --as=bob -n $ns >/dev/null && not_tried 'bob has more rights than the script wants'
  expired $account
done
for account in relabelled recreated; do within 60 cannot_write $ns $account || not_tried "$account was not suspended"; done
before=$(warnings $ns)
tells() { # WHAT: a Warning Event that was not there before speaks of it
  grep -Fvxf <(printf '%s\n-' "$before") <<<"$(warnings $ns)" | grep -iE 'polic' | grep -q "$1"
}
tells_of() { tells ''; }

found=''
if bob label machineidentity relabelled --overwrite stage=test >/dev/null 2>&1; then
  if within 25 writes $ns relabelled; then within 10 tells_of || found+=' another label ends the suspension without a Warning Event;'; fi
else note 'the label cannot be changed'; fi

before=$(warnings $ns)
manifest=$(bob get machineidentity recreated -o json | python3 -c 'import json, sys
one = json.load(sys.stdin)
print(json.dumps({"apiVersion": one["apiVersion"], "kind": one["kind"], "metadata": {"name": "recreated"}, "spec": {"owner": one["spec"]["owner"], "serviceAccounts": one["spec"]["serviceAccounts"]}}))')
if bob delete machineidentity recreated >/dev/null 2>&1; then
  bob create -f - <<<"$manifest" >/dev/null
  if within 25 writes $ns recreated; then within 10 tells_of || found+=' deleting the identity ends the suspension without a Warning Event;'; fi
else note 'the identity cannot be deleted'; fi

# The same identity twice: as itself, and in disguise.
approval() { # NAME LABELS MANAGER
  bob create --field-manager="$3" -f - <<Y
apiVersion: credence.dev/v1alpha1
kind: MachineIdentity
metadata:
  name: $1
  labels: {$2}
spec:
  serviceAccounts:
  - name: disguised
Y
}
approval plain 'stage: approval' kubectl-create >/dev/null
within 60 has_condition $ns plain Approved False || not_tried 'the policy asks for no approval'
if approval disguise 'stage: approval, credence.dev/discovered: "true"' credence >/dev/null 2>&1; then
  within 60 observed $ns disguise || not_tried 'the operator does not reconcile'
  sleep 3
  has_condition $ns disguise Approved False && [ -n "$(condition $ns disguise Stalled)" ] ||
    found+=" in disguise it needs no approval (Approved $(condition $ns disguise Approved), state $(path $ns machineidentity/disguise '{.status.state}'));"
else note 'the identity in disguise is rejected'; fi
[ -z "$found" ] || weakness "$found"
rejected 'a policy is not left without notice'
