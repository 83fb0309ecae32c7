#!/usr/bin/env bash
# The operator binds each token to an anchor Secret, whose deletion ends the token. The tenant creates a Secret under the name of the
# next anchor in the moment between the operator's decision and its write, with a controller of another kind that has the UID of the
# identity. If the operator takes it for its own, the token is bound to a Secret that no suspension deletes. ATTEMPTS (12) are made, since
# it is a race.
. "$(dirname "$0")/../lib.sh"
ns=security-23
start_over $ns
bob() { kubectl --as=bob -n $ns "$@"; }
kubectl -n $ns create -f - >/dev/null <<'Y'
apiVersion: credence.dev/v1alpha1
kind: MachineIdentity
metadata:
  name: worker
spec:
  owner:
    contact: bob@example.com
  serviceAccounts:
  - name: worker
  secrets:
  - name: token
    token:
      serviceAccount: worker
Y
within 60 is_set $ns secret/token '{.data.token}' || not_tried 'no token is issued'
uid=$(path $ns machineidentity/worker '{.metadata.uid}')
living=$(path $ns configmap/living-owner '{.metadata.uid}')
version() { path $ns secret/token '{.metadata.annotations.credence\.dev/version}'; }
anchor=$(path $ns secret '{.items[*].metadata.name}' | tr ' ' '\n' | grep -E 'token.*[0-9]+$' | head -n 1)
[ -n "$anchor" ] || not_tried 'the anchor of the token is not known'
stem=$(sed -E 's/[0-9]+$//' <<<"$anchor")
planted() { # NAME
  python3 -c 'import json, sys
name, namespace, uid, living = sys.argv[1:]
print(json.dumps({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name, "namespace": namespace, "ownerReferences": [
    {"apiVersion": "v1", "kind": "ConfigMap", "name": "of-bob", "uid": uid, "controller": True},
    {"apiVersion": "v1", "kind": "ConfigMap", "name": "living-owner", "uid": living}]}}))' "$1" $ns "$uid" "$living"
}
newer() { [ "$(version)" != "$1" ]; }
tried=0 won=''
errors=$(mktemp)
at_exit 'rm -f "$errors"'
for i in $(seq 1 "${ATTEMPTS:-12}"); do
  was=$(version)
  next=$stem$((was + 1))
  secret=$(planted "$next")
  bob annotate machineidentity worker --overwrite "credence.dev/rotate=$i-$RANDOM!" >/dev/null &
  asks=$!
  # Between the start of the other command and its request passes about the time that this one needs.
  sleep "0.$(printf '%02d' $(((i - 1) % 6 * 6)))"
  outcome=created
  bob create -f - <<<"$secret" >/dev/null 2>"$errors" || outcome=failed
  wait $asks || true
  if [ $outcome = failed ] && grep -q ValidatingAdmissionPolicy "$errors"; then rejected 'a policy rejects the planted Secret'; fi
  if [ $outcome = created ]; then
    tried=$((tried + 1))
    within 15 newer "$was" || true
    planted_uid=$(path $ns "secret/$next" '{.metadata.uid}')
    bound=$(secret_value $ns token token | claim kubernetes.io secret uid)
    if [ -n "$planted_uid" ] && [ "$bound" = "$planted_uid" ]; then won=$next; break; fi
    kubectl -n $ns delete secret "$next" --ignore-not-found >/dev/null
  fi
  within 30 newer "$was" || true
  sleep 10 # one rotation in ten seconds
done
[ -z "$won" ] || weakness "the token of worker is bound to Secret $won, which bob created: no suspension ends it"
[ $tried -gt 0 ] || not_tried 'the planted Secret was never created before the anchor'
rejected "the planted Secret was there $tried times, and no token was bound to it"
