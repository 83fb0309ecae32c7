#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Needs a cluster of its own: it switches the suspension policies off and on, which may freeze their list (N1).
# `helm upgrade --set admission.suspension=false` beside a running operator, and later `true` again. The second upgrade must succeed.
. "$(dirname "$0")/../lib.sh"
ns=security-n2
start_over $ns
within 60 observed $ns suspended || not_tried 'the operator does not reconcile'
within 30 writes $ns suspended || not_tried 'the account cannot write from the start'
kubectl -n $ns annotate machineidentity suspended credence.dev/suspend='compromised: INC-N2' >/dev/null
within 30 cannot_write $ns suspended || not_tried 'a suspension does not take effect from the start'
at_exit 'upgrade --set admission.suspension=true --take-ownership'
upgrade --set admission.suspension=false || weakness 'the policies cannot be switched off'
within 30 writes $ns suspended || note 'the account is still kept from writing'
sleep 15 # the operator restores what it misses
errors=$(mktemp)
at_exit 'rm -f "$errors"'
upgrade --set admission.suspension=true 2>"$errors" || weakness "helm upgrade fails: $(head -c 400 "$errors")"
for one in suspended.credence.dev no-new-tokens.credence.dev; do binding_exists $one || weakness "$one is missing after the upgrade"; done
rejected 'they are switched on again'
