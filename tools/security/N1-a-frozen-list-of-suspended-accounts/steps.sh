#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Needs a cluster of its own: where the weakness shows, the API server denies nothing more until it restarts.
# The API server stops to read the parameters of admission policies when no binding names their kind for a moment
# (kubernetes/kubernetes#130887). The bindings go away and come back in three ways: deleted and created, `admission.suspension` off and on,
# uninstalled and installed. After each, a newly suspended account must not write, a resumed one must.
. "$(dirname "$0")/../lib.sh"
ns=security-n1
start_over $ns
account() { # NAME: a ServiceAccount that writes, and its identity
  kubectl -n $ns create serviceaccount "$1" >/dev/null
  printf '{apiVersion: credence.dev/v1alpha1, kind: MachineIdentity, metadata: {name: %s}, spec: {owner: {contact: alice@example.com}, serviceAccounts: [{name: %s}]}}' "$1" "$1" |
    kubectl -n $ns create -f - >/dev/null
  within 60 observed $ns "$1" || not_tried 'the operator does not reconcile'
  within 30 writes $ns "$1" || not_tried "$1 cannot write from the start"
}
suspend() { kubectl -n $ns annotate machineidentity "$1" credence.dev/suspend='compromised: INC-N1' >/dev/null; }
resume() { kubectl -n $ns annotate machineidentity "$1" credence.dev/suspend- >/dev/null; }

bindings=$(kubectl get validatingadmissionpolicybindings -o name | grep -E '/(suspended|no-new-tokens)\.credence\.dev$' || true)
[ -n "$bindings" ] || not_tried 'there are no bindings of the suspension policies'
account control
suspend control
within 30 cannot_write $ns control || not_tried 'a suspension does not take effect from the start'

delete_and_create() {
  local kept
  # shellcheck disable=SC2086  # names
  kept=$(kubectl get $bindings -o json | python3 -c 'import json, sys
found = json.load(sys.stdin)
for one in found.get("items", [found]):
    one["metadata"] = {key: one["metadata"][key] for key in ("name", "labels", "annotations") if key in one["metadata"]}
json.dump(found, sys.stdout)')
  # shellcheck disable=SC2086
  kubectl delete $bindings >/dev/null
  sleep 5
  kubectl create -f - <<<"$kept" >/dev/null
}
off_and_on() {
  stop_operator
  upgrade --set admission.suspension=false
  sleep 5
  # The list may have to be taken over: that is another script.
  upgrade --set admission.suspension=true || upgrade --set admission.suspension=true --take-ownership
  start_operator
}
uninstall_and_install() {
  local values
  values=$(mktemp)
  at_exit "rm -f '$values'"
  helm get values credence -n "$release_namespace" -o yaml >"$values"
  stop_operator
  helm uninstall credence -n "$release_namespace" --no-hooks >/dev/null
  sleep 5
  helm install credence "$chart" -n "$release_namespace" -f "$values" --take-ownership >/dev/null
  start_operator
}
found=''
number=0
for way in delete_and_create off_and_on uninstall_and_install; do
  number=$((number + 1))
  if ! $way; then note "$way failed"; continue; fi
  account "after-$number"
  suspend "after-$number"
  if within 30 cannot_write $ns "after-$number"; then note "$way: a new suspension takes effect"; else
    found+=" $way: after-$number is suspended and writes; inForce: $(path $ns "machineidentity/after-$number" '{.status.suspension.inForce}'), Suspended: $(condition $ns "after-$number" Suspended reason);"
  fi
  resume "after-$number"
  within 30 writes $ns "after-$number" || found+=" $way: after-$number is resumed and cannot write;"
done
[ $number -gt 0 ] || not_tried 'none of the three ways worked'
[ -z "$found" ] || weakness "$found"
rejected 'suspensions take effect after each of them'
