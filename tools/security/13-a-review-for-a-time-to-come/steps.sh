#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# carol signs a review for twelve minutes from now, with an entry in managedFields that pretends to be of that time, and then loses the
# right to review. The API server must reject the review, or the operator must never count it. Takes twelve minutes where the API server
# accepts it.
. "$(dirname "$0")/../lib.sh"
ns=security-13
start_over $ns
within 60 observed $ns reviewed || not_tried 'the operator does not reconcile'
carol() { kubectl --as=carol -n $ns "$@"; }
at() { date -u -d "+$1 minutes" +%Y-%m-%dT%H:%M:%SZ; }
carol annotate machineidentity reviewed "credence.dev/review=carol $(at 0)" --dry-run=server >/dev/null || not_tried 'carol may not review at all'
if carol annotate machineidentity reviewed "credence.dev/review=carol $(at 12)" --dry-run=server >/dev/null 2>&1; then not_tried 'the API server takes any time'; fi

sign() { # MANAGER OPERATION
  carol get machineidentity reviewed -o json --show-managed-fields | TIME=$(at 12) MANAGER=$1 OPERATION=$2 python3 -c 'import json, os, sys
one, time = json.load(sys.stdin), os.environ["TIME"]
one.pop("status", None)
one["metadata"].setdefault("annotations", {})["credence.dev/review"] = "carol " + time
one["metadata"]["managedFields"].append({"manager": os.environ["MANAGER"], "operation": os.environ["OPERATION"], "apiVersion": one["apiVersion"],
    "time": time, "fieldsType": "FieldsV1", "fieldsV1": {"f:spec": {"f:owner": {"f:contact": {}}}}})
json.dump(one, sys.stdout)' | carol replace -f -
}
accepted=''
for operation in Update Apply; do
  if sign clock $operation >/dev/null 2>&1; then accepted=$operation; break; fi
done
[ -n "$accepted" ] || rejected 'the API server rejects the review'
signed=$(path $ns machineidentity/reviewed '{.metadata.annotations.credence\.dev/review}')
note "the API server accepts '$signed' at $(at 0), by an entry of operation $accepted; carol loses her right"
kubectl -n $ns delete rolebinding carol >/dev/null
counts() { [ -n "$(path $ns machineidentity/reviewed '{.status.review.reviewedBy}')" ]; }
if within 840 counts; then weakness "at $(at 0) it counts: $(path $ns machineidentity/reviewed '{.status.review}')"; fi
rejected 'the operator never counts it'
