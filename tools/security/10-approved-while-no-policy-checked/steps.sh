#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# While neither the operator nor the admission policies are there (an uninstall, or an install in two steps), bob writes an approval and
# a review in the name of carol. Afterwards the chart and the operator come back. What nobody checked must not count.
. "$(dirname "$0")/../lib.sh"
ns=security-10
start_over $ns
kubectl --as=bob -n $ns create -f - >/dev/null <<'Y'
apiVersion: credence.dev/v1alpha1
kind: MachineIdentity
metadata:
  name: wanted
spec:
  owner:
    contact: bob@example.com
  serviceAccounts:
  - name: powerful
  secrets:
  - name: token-of-powerful
    token:
      serviceAccountName: powerful
Y
within 60 has_scope $ns wanted || not_tried 'the operator asks for no approval'
scope=$(scope_of $ns wanted)
approve() { kubectl --as=bob -n $ns annotate machineidentity wanted --overwrite "$@"; }
if approve "credence.dev/approve=bob $scope" --dry-run=server >/dev/null 2>&1; then not_tried 'bob may approve'; fi

stop_operator
back=''
restore() { [ -n "$back" ] || { upgrade; start_operator; }; }
at_exit restore
policies=(approval.credence.dev review.credence.dev)
kubectl delete validatingadmissionpolicybinding "${policies[@]}" >/dev/null
kubectl delete validatingadmissionpolicy "${policies[@]}" >/dev/null
within 30 approve "credence.dev/approve=carol $scope" || not_tried 'the write is rejected without the policies'
within 30 approve "credence.dev/review=carol $(date -u +%Y-%m-%dT%H:%M:%SZ)" || note 'the review is rejected'
upgrade
for policy in "${policies[@]}"; do binding_exists "$policy" || not_tried "helm upgrade did not restore $policy"; done
is_rejected() { ! approve "credence.dev/approve=carol $RANDOM" --dry-run=server >/dev/null 2>&1; }
within 30 is_rejected || not_tried 'the policies are not in effect again'
start_operator
back=yes
reconciled() { [ -n "$(condition $ns wanted Approved)" ] && is_set $ns machineidentity/wanted '{.status.observedGeneration}'; }
within 60 reconciled || not_tried 'the operator does not reconcile'
kubectl -n $ns annotate machineidentity wanted note="$RANDOM" >/dev/null
sleep 20
approved=$(path $ns machineidentity/wanted '{.status.approval.approvedBy}')
reviewed=$(path $ns machineidentity/wanted '{.status.review.reviewedBy}')
[ -z "$approved" ] || weakness "an approval that bob wrote counts as that of $approved; the token exists: $(is_set $ns secret/token-of-powerful '{.data.token}' && echo yes || echo no)"
[ -z "$reviewed" ] || weakness "a review that bob wrote counts as that of $reviewed"
has_condition $ns wanted Approved False || weakness "the condition Approved is $(condition $ns wanted Approved)"
rejected 'neither the approval nor the review counts'
