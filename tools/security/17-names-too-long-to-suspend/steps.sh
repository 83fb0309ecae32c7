#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The tenant chooses a name of 250 characters for a ServiceAccount that the operator provisions. An account whose name is too long for
# the list of suspended accounts can never be kept from writing: either it is not provisioned, or its suspension takes effect. For an
# account of that length that exists already, status.suspension.notCovered must say that it can still write.
. "$(dirname "$0")/../lib.sh"
ns=security-17
start_over $ns
long=$(printf 'a%.0s' $(seq 1 249))
created() { is_set $ns "serviceaccount/$1" '{.metadata.uid}'; }
identity() { # NAME ACCOUNT
  printf '{apiVersion: credence.dev/v1alpha1, kind: MachineIdentity, metadata: {name: %s}, spec: {owner: {contact: bob@example.com}, serviceAccounts: [%s]}}' "$1" "$2" |
    kubectl --as=bob -n $ns create -f -
}
suspend() { kubectl -n $ns annotate machineidentity "$1" credence.dev/suspend='compromised: INC-17' >/dev/null; }

identity short '{name: short, provision: {}}' >/dev/null || not_tried 'no account is provisioned for bob at all'
within 30 created short || not_tried 'the operator provisions nothing'
found=''
if identity long "{name: ${long}1, provision: {}}" >/dev/null 2>&1 && within 20 created "${long}1"; then
  suspend long
  if ! within 20 cannot_write $ns "${long}1"; then found+=' an account that was provisioned with a name of 250 characters writes on while it is suspended;'; fi
else note 'a name of 250 characters is not provisioned'; fi

kubectl -n $ns create serviceaccount "${long}2" >/dev/null
if identity linked "{name: ${long}2}" >/dev/null 2>&1; then
  within 30 writes $ns "${long}2" || not_tried 'the linked account cannot write from the start'
  suspend linked
  if ! within 20 cannot_write $ns "${long}2"; then
    told=$(path $ns machineidentity/linked '{.status.suspension.notCovered}')
    [[ $told == *"${long}2"* || $told == *long* || $told == *"can still write"* ]] || found+=' a linked account with a long name writes on, and notCovered does not say so;'
    [[ $(path $ns machineidentity/linked '{.status.suspension.inForce}') != *WritesDenied* ]] || found+=' inForce says WritesDenied of an account that writes;'
  fi
else note 'a name of 250 characters cannot be listed'; fi
[ -z "$found" ] || weakness "$found"
rejected 'long names are not provisioned, or are suspended, or are reported'
