#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# One tenant asks for RSA keys of 4096 bits for 24 identities at once. While the operator generates them, a ServiceAccount of another
# namespace is suspended. That must take effect about as fast as without the keys (LIMIT seconds, 10 unless set).
. "$(dirname "$0")/../lib.sh"
tenant=security-06 victim=security-06-victim
start_over $tenant $victim
for account in before during; do
  within 30 writes $victim $account || not_tried "$account cannot write from the start"
  within 60 observed $victim $account || not_tried 'the operator does not reconcile'
done

# seconds_to_suspend ACCOUNT: tenths of a second from the annotation to the first rejected write
seconds_to_suspend() {
  local start
  kubectl -n $victim annotate machineidentity "$1" credence.dev/suspend='compromised: INC-6' >/dev/null
  start=$(date +%s%N)
  until cannot_write $victim "$1" >/dev/null 2>&1; do
    [ $((($(date +%s%N) - start) / 1000000000)) -lt 120 ] || break
  done
  echo $((($(date +%s%N) - start) / 100000000))
}
quiet=$(seconds_to_suspend before)
[ "$quiet" -lt 300 ] || not_tried "a suspension takes $((quiet / 10)) s without any keys"

accepted=0
for i in $(seq 1 24); do
  keys=''
  for key in a b c d; do keys+="{name: $key, keyPair: {algorithm: RSA, size: 4096}}, "; done
  printf '{apiVersion: credence.dev/v1alpha1, kind: MachineIdentity, metadata: {name: keys-%s}, spec: {owner: {contact: bob@example.com}, secrets: [{name: keys-%s, generate: {keys: [%s]}}]}}' \
    "$i" "$i" "${keys%, }" | kubectl --as=bob -n $tenant create -f - >/dev/null 2>&1 && accepted=$((accepted + 1))
done
[ $accepted -gt 0 ] || not_tried 'the API server accepts none of the identities with keys'
sleep 3
busy=$(seconds_to_suspend during)
note "a suspension takes $((quiet / 10)).$((quiet % 10)) s alone and $((busy / 10)).$((busy % 10)) s beside $accepted identities with keys"
kubectl delete namespace $tenant --wait=false >/dev/null
[ "$busy" -le $((${LIMIT:-10} * 10)) ] || weakness "one tenant's keys delay the suspension of another namespace by $(((busy - quiet) / 10)) s"
rejected 'the suspension does not wait for keys'
