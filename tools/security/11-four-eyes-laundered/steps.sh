#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# alice asks for a token and may approve, but not her own request. A ServiceAccount that she can act as, or a colleague, then changes a
# word that is not in the scope, so that somebody else changed the identity last. alice must not be able to approve it all the same.
# The test is worth something only if alice may ask for the token: nothing but approval.credence.dev may refuse her.
. "$(dirname "$0")/../lib.sh"
ns=security-11
start_over $ns
alice() { kubectl --as=alice -n $ns "$@"; }
wanted() { # NAME
  alice create -f - >/dev/null <<Y
apiVersion: credence.dev/v1alpha1
kind: MachineIdentity
metadata:
  name: $1
  annotations:
    credence.dev/requested-by: alice
spec:
  owner:
    contact: alice@example.com
  purpose: a
  serviceAccounts:
  - name: powerful
  secrets:
  - name: $1-token
    token:
      serviceAccountName: powerful
Y
  within 60 has_scope $ns "$1" || not_tried 'the operator asks for no approval'
}
# refused NAME: approval.credence.dev is what rejects alice
refused() {
  local said
  said=$(alice annotate machineidentity "$1" --overwrite "credence.dev/approve=alice $(scope_of $ns "$1")" 2>&1) && return 1
  grep -q 'approval.credence.dev' <<<"$said" || not_tried "something else rejects it: $said"
  note "$(sed 's/.*denied request: //' <<<"$said")"
}
laundered() { # NAME WRITER
  wanted "$1"
  local scope
  scope=$(scope_of $ns "$1")
  refused "$1" || weakness 'alice approves what she asked for'
  kubectl "--as=$2" -n $ns patch machineidentity "$1" --type=merge -p "{\"metadata\": {\"annotations\": {\"credence.dev/requested-by\": \"$2\"}}, \"spec\": {\"purpose\": \"b\"}}" >/dev/null ||
    kubectl "--as=$2" -n $ns patch machineidentity "$1" --type=merge -p '{"spec": {"purpose": "b"}}' >/dev/null || not_tried "$2 cannot change the purpose"
  within 60 observed $ns "$1" || not_tried 'the operator does not reconcile'
  [ "$(scope_of $ns "$1")" = "$scope" ] || not_tried 'the scope is another one'
  refused "$1" || weakness "alice approves what she asked for, since $2 changed a word: requested-by is $(path $ns "machineidentity/$1" '{.metadata.annotations.credence\.dev/requested-by}')"
}
laundered by-a-bot "system:serviceaccount:$ns:bot"
laundered by-a-person dan
# She asks as the bot from the start.
kubectl "--as=system:serviceaccount:$ns:bot" -n $ns patch machineidentity by-a-bot --type=merge -p '{"spec": {"purpose": "c"}}' >/dev/null
refused by-a-bot || weakness 'alice approves what a ServiceAccount asked for that she can act as'
kubectl --as=carol -n $ns annotate machineidentity by-a-person "credence.dev/approve=carol $(scope_of $ns by-a-person)" >/dev/null || not_tried 'nobody at all can approve it'
rejected 'who asked does not approve, whoever changed a word since'
