#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The tenant links a Certificate of another team and asks for its rotation four times. The rate limit of an ACME account belongs to all
# teams (five duplicates a week), so that at most one renewal an hour may follow, and none without a right to the Certificate.
. "$(dirname "$0")/../lib.sh"
ns=security-21
kubectl get crd certificates.cert-manager.io >/dev/null 2>&1 || not_tried 'cert-manager is not installed'
start_over $ns
issued() { has_ready $ns of-others && is_set $ns certificate/of-others '{.status.revision}'; }
has_ready() { [ "$(path "$1" "certificate/$2" '{.status.conditions[?(@.type=="Ready")].status}')" = True ]; }
within 90 issued || not_tried 'cert-manager issues nothing: is its controller running?'
if kubectl auth can-i patch certificates.cert-manager.io/of-others --subresource=status -n $ns --as=bob >/dev/null; then not_tried 'bob may renew it himself'; fi
kubectl --as=bob -n $ns create -f - >/dev/null <<'Y' || rejected 'bob may not link the Certificate'
apiVersion: credence.dev/v1alpha1
kind: MachineIdentity
metadata:
  name: links-it
spec:
  owner:
    contact: bob@example.com
  certificates:
  - name: of-others
Y
within 60 observed $ns links-it || not_tried 'the operator does not reconcile'
revision() { path $ns certificate/of-others '{.status.revision}'; }
first=$(revision)
newer() { [ "$(revision)" -gt "$1" ]; }
for i in 1 2 3 4; do
  last=$(revision)
  kubectl --as=bob -n $ns annotate machineidentity links-it --overwrite "credence.dev/rotate=$i-$RANDOM!" >/dev/null || break
  within 25 newer "$last" || true
done
count=$(($(revision) - first))
[ $count -le 1 ] || weakness "a tenant without rights to the Certificate had it renewed $count times within two minutes"
rejected "it was renewed $count times"
