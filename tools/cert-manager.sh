#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# cert-manager on a throw-away cluster: its CRDs, and its controllers as a local process.
#   tools/cert-manager.sh up [CLUSTER]          applies the CRDs and starts the controllers
#   tools/cert-manager.sh down [CLUSTER]        ends the controllers; CRDs and objects stay
#   tools/cert-manager.sh crds-up [CLUSTER]     applies the CRDs only
#   tools/cert-manager.sh crds-down [CLUSTER]   removes the CRDs and every object of these kinds
# CLUSTER is the name of a local cluster (default: main) or the path of a kubeconfig of a cluster marked as throw-away.
# The controllers listen nowhere, so several clusters can have theirs at once. Secrets of ClusterIssuers live in namespace cert-manager.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
bin=$root/.tools/bin state=$root/.tools/cert-manager crds=$root/.tools/bin/cert-manager.crds.yaml
. "$root/tools/processes.sh"
export PATH=$bin:$PATH

main() {
  local command=${1:-}
  cluster=${2:-main}
  case $cluster in
    */*) kubeconfig=$(cd "$(dirname "$cluster")" && pwd -P)/$(basename "$cluster") ;;
    main) kubeconfig=$root/.tools/kubeconfig ;;
    *) kubeconfig=$root/.tools/$cluster.kubeconfig ;;
  esac
  local key=${kubeconfig#"$root/.tools/"}
  pid_file=$state/${key//\//_}.pid log=$state/${key//\//_}.log
  case $command in
    up) up ;;
    down) down ;;
    crds-up) crds_up ;;
    crds-down) crds_down ;;
    *) sed -n '3,6s/^#   //p' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
  esac
}

up() {
  if running >/dev/null; then say "cert-manager runs already for $cluster."; return; fi
  crds_up
  kube create namespace cert-manager --dry-run=client -o yaml | kube apply --server-side -f - >/dev/null
  mkdir -p "$state"
  : >"$log"
  start_in_background "$log" "$bin/cert-manager" --kubeconfig "$kubeconfig" --leader-elect=false --metrics-listen-address=
  echo $! >"$pid_file"
  local deadline=$((SECONDS + 60))
  until grep -q '^started:' "$log"; do
    # By its number alone: until it has become cert-manager, its command line is still ours.
    if gone "$(cat "$pid_file")" || [ $SECONDS -gt $deadline ]; then
      tail -n 20 "$log" >&2
      fail "cert-manager did not start; its log is $log."
    fi
    sleep 0.1
  done
  say "cert-manager runs for $cluster (pid $(running)). Its log is $log"
}

down() {
  local pid
  if ! pid=$(running); then rm -f "$pid_file"; return; fi
  kill "$pid" 2>/dev/null || true
  local deadline=$((SECONDS + 10))
  until gone "$pid"; do
    [ $SECONDS -lt $deadline ] || kill -9 "$pid" 2>/dev/null || true
    sleep 0.05
  done
  rm -f "$pid_file"
  say "cert-manager is stopped for $cluster."
}

crds_up() {
  [ -e "$crds" ] && [ -x "$bin/cert-manager" ] || fail 'cert-manager is not built: run `make tools`.'
  only_a_throw_away_cluster
  kube apply --server-side --force-conflicts -f "$crds" >/dev/null
  kube wait --for=condition=Established -f "$crds" --timeout=60s >/dev/null
}

crds_down() {
  only_a_throw_away_cluster
  kube delete -f "$crds" --ignore-not-found --timeout=60s >/dev/null
}

only_a_throw_away_cluster() {
  for _ in 1 2 3; do
    kube get configmap credence-test-cluster --namespace kube-system >/dev/null 2>&1 && return
    sleep 1
  done
  fail "The cluster of $kubeconfig is not there, or is not marked as a throw-away one: it needs the ConfigMap kube-system/credence-test-cluster."
}

running() { alive_and_ours "$pid_file" "$bin/cert-manager"; }

kube() { kubectl --kubeconfig "$kubeconfig" "$@"; }
say() { echo "$*"; }
fail() { echo "$*" >&2; exit 1; }

main "$@"
