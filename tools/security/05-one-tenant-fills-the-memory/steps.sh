#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# One tenant creates COUNT (150 unless set) objects of nearly 1 MB, one kind after the other: MachineIdentities with as much text as the
# schema accepts, ServiceAccounts with thousands of pull secrets, Secrets with a megabyte of labels. With the heap of the chart the operator
# must go on for another namespace, and come up again beside them. KINDS names those to try.
# Needs a cluster of its own, since the objects fill etcd.
. "$(dirname "$0")/../lib.sh"
tenant=security-05 victim=security-05-victim
start_over $tenant $victim
served() { # NAME: a new identity of another namespace gets its Secret within a minute
  kubectl -n $victim create -f - >/dev/null <<Y
apiVersion: credence.dev/v1alpha1
kind: MachineIdentity
metadata:
  name: $1
spec:
  owner:
    contact: alice@example.com
  secrets:
  - name: $1
    generate:
      keys:
      - name: password
        password:
          length: 32
Y
  within 60 is_set $victim "secret/$1" '{.metadata.uid}'
}
served before || not_tried 'the operator does not work from the start'
objects() { # KIND FROM TO
  python3 - "$@" <<'P'
import json, sys
kind, first, last = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
def one(i):
    meta = {"name": f"large-{i}"}
    if kind == "identities":
        # Nothing is made for it: its end is long past.
        return {"apiVersion": "credence.dev/v1alpha1", "kind": "MachineIdentity", "metadata": meta,
                "spec": {"owner": {"contact": "bob@example.com"}, "expirationTime": "2026-01-01T00:00:00Z",
                         "secrets": [{"name": f"large-{i}-{k}", "generate": {"keys": [{"name": "k", "value": f"{i}-{k}-".ljust(4000, "x")}]}} for k in range(64)]}}
    if kind == "accounts":
        return {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": meta, "imagePullSecrets": [{"name": f"{i}-{k}-" + "x" * 200} for k in range(4000)]}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {**meta, "labels": {f"{i}.{k}.{'x' * 200}/{'y' * 63}": "z" * 63 for k in range(2500)}}}
json.dump({"apiVersion": "v1", "kind": "List", "items": [one(i) for i in range(first, last + 1)]}, sys.stdout)
P
}
for kind in ${KINDS:-identities accounts labels}; do
  made=0 said=''
  while [ $made -lt "${COUNT:-150}" ]; do
    said=$(objects "$kind" $((made + 1)) $((made + 10)) | kubectl --as=bob -n $tenant create -f - 2>&1 >/dev/null) || break
    made=$((made + 10))
  done
  [ $made -gt 0 ] || not_tried "the API server accepts none of the $kind: ${said:0:300}"
  [ -z "$said" ] || note "after $made $kind: ${said:0:200}"
  served "during-$kind" || weakness "another namespace is not served beside $made $kind"
  stop_operator
  start_operator
  served "after-$kind" || weakness "an operator that starts beside $made $kind does not work"
  note "$made $kind: another namespace is served beside them, and after a restart"
done
rejected 'the operator goes on'
