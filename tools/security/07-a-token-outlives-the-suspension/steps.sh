#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A second identity asks for a token of a ServiceAccount that belongs to the first. The first is suspended as compromised. Either the
# second identity gets no token, or the API server no longer accepts it after the suspension; and the status of the first must not say
# TokensInvalidated while a token is accepted.
. "$(dirname "$0")/../lib.sh"
ns=security-07
start_over $ns
within 60 observed $ns keeper || not_tried 'the operator does not reconcile'
sleep 1 # creation times have whole seconds, and the older identity has the account
kubectl -n $ns create -f - >/dev/null <<'Y'
apiVersion: credence.dev/v1alpha1
kind: MachineIdentity
metadata:
  name: taker
spec:
  owner:
    contact: bob@example.com
  serviceAccounts:
  - name: worker
  secrets:
  - name: token-of-worker
    token:
      serviceAccountName: worker
      lifetime: 24h
Y
within 60 observed $ns taker || not_tried 'the operator does not reconcile'
within 30 is_set $ns secret/token-of-worker '{.data.token}' || rejected 'no token is issued for a ServiceAccount of another identity'
token=$(secret_value $ns token-of-worker token)
[ "$(user_of_token <<<"$token")" = "system:serviceaccount:$ns:worker" ] || not_tried 'the token is not accepted from the start'

kubectl -n $ns annotate machineidentity keeper credence.dev/suspend='compromised: INC-7' >/dev/null
within 30 cannot_write $ns worker || not_tried 'worker was not suspended'
sleep 20 # the API server remembers a token for ten seconds
user=$(user_of_token <<<"$token")
[ -z "$user" ] || weakness "the token is still accepted as $user; status.suspension.inForce of keeper: $(path $ns machineidentity/keeper '{.status.suspension.inForce}')"
rejected 'the token expired with the suspension'
