# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Functions that the scripts of this folder share. To be sourced by steps.sh.
#   KUBECONFIG            of an administrator of a throw-away cluster on loopback
#   CREDENCE_NAMESPACE    the namespace of the chart's release `credence` (default: credence-system)
#   CREDENCE_CHART        the folder of the chart (default: that of this checkout)
#   CREDENCE_STOP, CREDENCE_START  commands that stop and start an operator that is no Deployment
set -Eeuo pipefail
folder=$(cd "$(dirname "${BASH_SOURCE[1]}")" && pwd -P)
checkout=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
release_namespace=${CREDENCE_NAMESPACE:-credence-system}
# shellcheck disable=SC2034  # read by some scripts
chart=${CREDENCE_CHART:-$checkout/helm/credence}
export PATH=$checkout/.tools/bin:$PATH

# The result of a script. Nothing follows it.
rejected() { echo "SAFE: $*"; exit 0; }
weakness() { echo "WEAKNESS: $*"; exit 1; }
not_tried() { echo "NOT TRIED: $*"; exit 2; }
note() { echo "  $*"; }

api_server=$(kubectl config view --minify -o jsonpath='{.clusters[0].cluster.server}' 2>/dev/null) || not_tried 'KUBECONFIG names no cluster'
[[ $api_server =~ ^https://(127\.0\.0\.1|localhost|\[::1\])(:[0-9]+)?/?$ ]] || not_tried "$api_server is not on loopback"

# at_exit COMMAND: runs when the script ends, whatever the result.
exits=()
at_exit() { exits=("$1" "${exits[@]}"); }
ending() {
  local code=$? command
  trap - ERR
  set +e
  for command in "${exits[@]}"; do eval "$command"; done
  # An unexpected end is no result.
  case $code in 0 | 1 | 2) exit "$code" ;; *) echo "NOT TRIED: the script ended with $code"; exit 2 ;; esac
}
trap ending EXIT
trap 'echo "NOT TRIED: \"$BASH_COMMAND\" failed in line $LINENO"; exit 2' ERR

apply_given() { kubectl apply -f "$folder/given.yaml" >/dev/null; }

# start_over NAMESPACE…: deletes them, waits until they are gone, and applies given.yaml.
start_over() {
  kubectl delete namespace "$@" --ignore-not-found --timeout=120s >/dev/null
  apply_given
}

# within SECONDS COMMAND…: true as soon as the command succeeds, false after that time.
within() {
  local deadline=$((SECONDS + $1))
  shift
  while ! "$@" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$deadline" ] || return 1
    sleep 0.5
  done
}

# path NAMESPACE KIND/NAME JSONPATH: prints a field, or nothing.
path() { kubectl -n "$1" get "$2" -o "jsonpath=$3" 2>/dev/null || true; }
is_set() { [ -n "$(path "$@")" ]; }
equals() { [ "$(path "$1" "$2" "$3")" = "$4" ]; } # NAMESPACE KIND/NAME JSONPATH VALUE

# condition NAMESPACE IDENTITY TYPE [FIELD]
condition() { path "$1" "machineidentity/$2" "{.status.conditions[?(@.type==\"$3\")].${4:-status}}"; }
has_condition() { [ "$(condition "$1" "$2" "$3")" = "$4" ]; } # NAMESPACE IDENTITY TYPE STATUS
# The status belongs to the spec as it is.
observed() {
  local generation
  generation=$(path "$1" "machineidentity/$2" '{.metadata.generation}')
  [ -n "$generation" ] && equals "$1" "machineidentity/$2" '{.status.observedGeneration}' "$generation"
}
# What stands behind the name in an approval, as the condition Approved asks for it.
scope_of() { condition "$1" "$2" Approved message | sed -n "s/.*<own name> \([^']*\)'.*/\1/p"; }
has_scope() { [ -n "$(scope_of "$1" "$2")" ]; }

# Whether a ServiceAccount may create a ConfigMap now. Nothing is kept.
writes() { kubectl --as="system:serviceaccount:$1:$2" -n "$1" create configmap "probe-$RANDOM$RANDOM" --dry-run=server; }
cannot_write() { ! writes "$1" "$2"; }

# The user to whom a token on standard input belongs; empty where the API server does not accept it.
# The token never shows in a list of processes.
user_of_token() {
  python3 -c 'import json, sys; print(json.dumps({"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "spec": {"token": sys.stdin.read().strip()}}))' |
    kubectl create -f - -o 'jsonpath={.status.user.username}'
}
# A key of a Secret, decoded.
secret_value() { path "$1" "secret/$2" "{.data.$3}" | base64 -d; }
# One claim of a token on standard input: claim kubernetes.io secret uid
claim() {
  python3 -c 'import base64, json, sys
body = sys.stdin.read().split(".")[1]
value = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
for key in sys.argv[1:]: value = value.get(key, {})
print(value if isinstance(value, str) else "", end="")' "$@"
}

# warnings NAMESPACE: reason and text of every Warning Event there.
warnings() {
  kubectl -n "$1" get events.events.k8s.io -o 'jsonpath={range .items[?(@.type=="Warning")]}{.reason}: {.note}{"\n"}{end}' 2>/dev/null || true
}

stop_operator() {
  if [ -n "${CREDENCE_STOP:-}" ]; then
    bash -c "$CREDENCE_STOP" >/dev/null
  elif kubectl -n "$release_namespace" get deployment credence >/dev/null 2>&1; then
    kubectl -n "$release_namespace" scale deployment credence --replicas=0 >/dev/null
    kubectl -n "$release_namespace" wait --for=delete pod -l app.kubernetes.io/name=credence --timeout=60s >/dev/null
  else
    not_tried 'CREDENCE_STOP and CREDENCE_START do not say how the operator is stopped and started'
  fi
}
start_operator() {
  if [ -n "${CREDENCE_START:-}" ]; then
    bash -c "$CREDENCE_START" >/dev/null
  else
    kubectl -n "$release_namespace" scale deployment credence --replicas=1 >/dev/null
  fi
}

# upgrade [--set …]: the chart of the checkout with the values of the release.
upgrade() { helm upgrade credence "$chart" --namespace "$release_namespace" --reuse-values "$@" >/dev/null; }

# Which of the chart's bindings are there: binding_exists approval.credence.dev
binding_exists() { kubectl get validatingadmissionpolicybinding "$1" >/dev/null 2>&1; }
