#!/usr/bin/env bash
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
export PATH=$bin:$PATH

main() {
  local command=${1:-}
  cluster=${2:-main}
  case $cluster in
    */*) key=$(echo "$cluster" | git hash-object --stdin | cut -c1-12) kubeconfig=$cluster ;;
    main) key=main kubeconfig=$root/.tools/kubeconfig ;;
    *) key=$cluster kubeconfig=$root/.tools/$cluster.kubeconfig ;;
  esac
  pid_file=$state/$key.pid log=$state/$key.log
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
  # In a process group of its own, so that Ctrl-C in the caller's terminal does not reach it.
  set -m
  nohup "$bin/cert-manager" --kubeconfig "$kubeconfig" --leader-elect=false --metrics-listen-address= </dev/null >"$log" 2>&1 9>&- &
  set +m
  echo $! >"$pid_file"
  local deadline=$((SECONDS + 60))
  until grep -q '^started:' "$log"; do
    if ! running >/dev/null || [ $SECONDS -gt $deadline ]; then
      tail -n 20 "$log" >&2
      say "cert-manager did not start; its log is $log."
      exit 1
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
  while kill -0 "$pid" 2>/dev/null; do
    [ $SECONDS -lt $deadline ] || kill -9 "$pid" 2>/dev/null || true
    sleep 0.05
  done
  rm -f "$pid_file"
  say "cert-manager is stopped for $cluster."
}

crds_up() {
  [ -e "$crds" ] && [ -x "$bin/cert-manager" ] || { say 'cert-manager is not built: run `make tools`.'; exit 1; }
  only_a_throw_away_cluster
  kube apply --server-side --force-conflicts -f "$crds" >/dev/null
  kube wait --for=condition=Established -f "$crds" --timeout=60s >/dev/null
}

crds_down() {
  only_a_throw_away_cluster
  kube delete -f "$crds" --ignore-not-found --timeout=60s >/dev/null
}

only_a_throw_away_cluster() {
  kube get configmap credence-test-cluster --namespace kube-system >/dev/null 2>&1 && return
  say "The cluster of $kubeconfig is not there, or is not marked as a throw-away one: it needs the ConfigMap kube-system/credence-test-cluster."
  exit 1
}

# The controllers' process id, if they are alive and ours: after a reboot the same number may be anybody's.
running() {
  local pid
  pid=$(cat "$pid_file" 2>/dev/null) || return 1
  command_line_of "$pid" | grep -qF -- "$bin/cert-manager" && echo "$pid"
}

command_line_of() {
  if [ -d /proc/self ]; then
    tr '\0' ' ' 2>/dev/null <"/proc/$1/cmdline"
  else
    ps -ww -o command= -p "$1"
  fi
}

kube() { kubectl --kubeconfig "$kubeconfig" "$@"; }
say() { echo "$*" >&2; }

main "$@"
