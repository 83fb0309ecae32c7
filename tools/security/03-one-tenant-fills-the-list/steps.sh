#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# One tenant has 20 × 64 ServiceAccounts suspended, more than a namespace may (1,000), with reasons as long as can be. While the list
# fills, and when the tenant's share is full, an account of another namespace is suspended: it must be denied within LIMIT seconds (10
# unless set), and the tenant's identities must say that their share is full.
. "$(dirname "$0")/../lib.sh"
tenant=security-03 victim=security-03-victim identities=${IDENTITIES:-20}
start_over $tenant $victim
for account in before during full; do
  within 30 writes $victim $account || not_tried "$account cannot write from the start"
  within 60 observed $victim $account || not_tried 'the operator does not reconcile'
done
bob() { kubectl --as=bob -n $tenant "$@"; }

# tenths_to_suspend ACCOUNT: from the annotation to the first rejected write, in tenths of a second
tenths_to_suspend() {
  local start
  kubectl -n $victim annotate machineidentity "$1" credence.dev/suspend='compromised: INC-3' >/dev/null
  start=$(date +%s%N)
  until cannot_write $victim "$1" >/dev/null 2>&1; do
    [ $((($(date +%s%N) - start) / 1000000000)) -lt 120 ] || break
  done
  echo $((($(date +%s%N) - start) / 100000000))
}
entries() {
  kubectl get suspensionlists -n "$release_namespace" -o json | python3 -c 'import json, sys
lists = [one["spec"].get("accounts") or {} for one in json.load(sys.stdin)["items"]]
print(sum(key.startswith("security-03.") for one in lists for key in one), sum(len(k) + len(v) for one in lists for k, v in one.items()))'
}
quiet=$(tenths_to_suspend before)

reason=$(python3 -c 'print("漢" * 253)')
for i in $(seq 1 "$identities"); do
  python3 -c 'import json, sys
i = sys.argv[1]
print(json.dumps({"apiVersion": "credence.dev/v1alpha1", "kind": "MachineIdentity", "metadata": {"name": "fill-" + i + "-" + "x" * (57 - len(i))},
    "spec": {"owner": {"contact": "bob@example.com"}, "serviceAccounts": [{"name": f"fill-{i}-{k}", "provision": {}} for k in range(64)]}}))' "$i" |
    bob create -f - >/dev/null || not_tried 'bob may not create these identities'
done
there() { [ "$(kubectl get serviceaccounts -n $tenant --no-headers | wc -l)" -gt $((identities * 64)) ]; } # and `default`
within 900 there || not_tried "only $(kubectl get serviceaccounts -n $tenant --no-headers | wc -l) ServiceAccounts were created"
bob annotate machineidentity --all "credence.dev/suspend=$reason" >/dev/null
sleep 2
filling=$(entries)
busy=$(tenths_to_suspend during)
is_full() { [ "$(entries | cut -d' ' -f1)" -ge 1000 ]; }
within 600 is_full || not_tried "the list has $(entries) entries and bytes, and is not full"
full=$(tenths_to_suspend full)
note "a suspension takes $((quiet / 10)).$((quiet % 10)) s alone, $((busy / 10)).$((busy % 10)) s while the list fills (entries, bytes: $filling) and $((full / 10)).$((full % 10)) s when the share is full ($(entries))"
[ "$(entries | cut -d' ' -f1)" -le 1000 ] || weakness "$(entries) entries and bytes of one namespace"
told() { kubectl get machineidentities -n $tenant -o 'jsonpath={.items[*].status.conditions[?(@.type=="Suspended")].reason}' | grep -q SuspensionLimit; }
within 120 told || weakness 'no identity of the tenant says that its share is full'
kubectl delete namespace $tenant --wait=false >/dev/null
for took in "$busy" "$full"; do
  [ "$took" -le $((${LIMIT:-10} * 10)) ] || weakness "one tenant's suspensions delay that of another namespace by $(((took - quiet) / 10)) s"
done
rejected 'one tenant fills its own share alone'
