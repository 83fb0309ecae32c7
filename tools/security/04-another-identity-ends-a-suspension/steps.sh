#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A ServiceAccount is suspended through an identity that the tenant cannot change. The tenant takes the account out of that identity in
# three ways: another identity that names it, another identity that provisions it with credence.dev/adopt, and without the label that
# the selector of the first identity matches. All three must leave the account suspended.
. "$(dirname "$0")/../lib.sh"
ns=security-04
start_over $ns
accounts=(named adopted unlabelled)
for account in "${accounts[@]}"; do
  within 30 writes $ns "$account" || not_tried "$account cannot write from the start"
  within 60 observed $ns "of-$account" || not_tried 'the operator does not reconcile'
  kubectl -n $ns annotate machineidentity "of-$account" credence.dev/suspend='compromised: INC-4' >/dev/null
done
for account in "${accounts[@]}"; do
  within 30 cannot_write $ns "$account" || not_tried "$account was not suspended"
done
! kubectl auth can-i patch machineidentities.credence.dev -n $ns --as=bob >/dev/null || not_tried 'bob may resume the identities anyway'

bob() { kubectl --as=bob -n $ns "$@"; }
identity() { # NAME ACCOUNT: an item of spec.serviceAccounts
  bob create -f - <<Y
apiVersion: credence.dev/v1alpha1
kind: MachineIdentity
metadata:
  name: $1
spec:
  owner:
    contact: bob@example.com
  serviceAccounts:
  - $2
Y
}
identity takes-named '{name: named}' >/dev/null || note 'an identity that names the account is rejected'
{ bob annotate serviceaccount adopted credence.dev/adopt=takes-adopted && identity takes-adopted '{name: adopted, provision: {}}'; } >/dev/null || note 'adoption is rejected'
bob label serviceaccount unlabelled app- >/dev/null || note 'the label cannot be removed'

free=''
for account in "${accounts[@]}"; do
  if within 25 writes $ns "$account"; then free+=" $account"; fi
done
[ -z "$free" ] || weakness "suspended as compromised, and can write again by what the tenant did:$free"
rejected 'all three accounts stay suspended'
