#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The operator binds each token to an anchor Secret, whose deletion ends the token. The tenant creates a Secret under the name of the
# next anchor in the moment between the operator's decision and its write, with a controller of another kind that has the UID of the
# identity. If the operator takes it for its own, the token is bound to a Secret that no suspension deletes. One identity has twelve tokens,
# which are rotated one after the other: when the anchor before the last is there, the last one is decided and not yet written. The
# garbage collector takes off an owner that does not exist, but not one of a kind that it does not know. ATTEMPTS: 5.
. "$(dirname "$0")/../lib.sh"
ns=security-23
start_over $ns
secrets=''
for i in $(seq -w 1 12); do secrets+="{name: token-$i, token: {serviceAccountName: worker}}, "; done
printf '{apiVersion: credence.dev/v1alpha1, kind: MachineIdentity, metadata: {name: worker}, spec: {owner: {contact: bob@example.com}, serviceAccounts: [{name: worker}], secrets: [%s]}}' "${secrets%, }" |
  kubectl -n $ns create -f - >/dev/null
for i in 11 12; do within 90 is_set $ns secret/token-$i '{.data.token}' || not_tried 'no token is issued'; done
uid=$(path $ns machineidentity/worker '{.metadata.uid}')
living=$(path $ns configmap/living-owner '{.metadata.uid}')
version() { path $ns "secret/$1" '{.metadata.annotations.credence\.dev/version}'; }
is_newer() { [ "$(version "$1")" != "$2" ]; }
anchor() { # SECRET: the name of its anchor, without the version
  path $ns secret '{.items[*].metadata.name}' | tr ' ' '\n' | grep -E "^$1.*[0-9]+\$" | grep -vx "$1" | head -n 1 | sed -E 's/[0-9]+$//'
}
planted() { # NAME
  python3 -c 'import json, sys
name, namespace, uid, living = sys.argv[1:]
print(json.dumps({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name, "namespace": namespace, "ownerReferences": [
    {"apiVersion": "nowhere.example/v1", "kind": "Nothing", "name": "of-bob", "uid": uid, "controller": True},
    {"apiVersion": "v1", "kind": "ConfigMap", "name": "living-owner", "uid": living}]}}))' "$1" $ns "$uid" "$living"
}
first=token-11 last=token-12 tried=0
for i in $(seq 1 "${ATTEMPTS:-5}"); do
  was=$(version $last)
  first_anchor=$(anchor $first)$(($(version $first) + 1))
  name=$(anchor $last)$((was + 1))
  outcome=$(planted "$name" | python3 "$folder/race.py" $ns worker "$i-$RANDOM!" "$first_anchor") || not_tried "$outcome"
  note "$name: $outcome"
  case $outcome in
    created)
      tried=$((tried + 1))
      within 20 is_newer $last "$was" || true
      uid_of_planted=$(path $ns "secret/$name" '{.metadata.uid}')
      bound=$(secret_value $ns $last token | claim kubernetes.io secret uid)
      if [ -n "$uid_of_planted" ] && [ "$bound" = "$uid_of_planted" ]; then
        weakness "the token in Secret $last is bound to Secret $name, which bob created: no suspension ends it"
      fi
      kubectl -n $ns delete secret "$name" --ignore-not-found >/dev/null
      ;;
    # The last one is written first.
    exists) name=$first first=$last last=$name ;;
    *ValidatingAdmissionPolicy*) rejected "a policy rejects the planted Secret" ;;
    *) not_tried "$outcome" ;;
  esac
  within 60 is_newer $last "$was" || true
  sleep 12 # one rotation in ten seconds
done
[ $tried -gt 0 ] || not_tried 'the planted Secret was never created before the anchor'
rejected "the planted Secret was there $tried times, and no token was bound to it"
