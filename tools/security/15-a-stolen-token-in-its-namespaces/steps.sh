#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What a stolen token of the operator is worth with settings.watchNamespaces. Without that setting it reads every Secret of the cluster,
# which no admission policy can prevent (docs/security.md): the script beside findings of the review ends with 1 for these reads alone.
# With it, all of these must be refused: reads outside its namespaces by RBAC, writes by RBAC or by operator.credence.dev. Nothing is
# changed: the writes are dry runs.
# Needs a cluster of its own, since it changes the release.
. "$(dirname "$0")/../lib.sh"
start_over security-15 security-15-other
stop_operator
upgrade --set 'settings.watchNamespaces={security-15}'
operator() { kubectl "--as=system:serviceaccount:$release_namespace:${CREDENCE_ACCOUNT:-credence}" "$@"; }
reads_its_own() { operator get secrets -n security-15; }
within 30 reads_its_own || not_tried 'the operator cannot even read Secrets of its own namespace'
refused_by_policy() { ! operator -n security-15 delete secret of-others --dry-run=server; }
within 30 refused_by_policy || true
got=''
tried() { # WHAT COMMAND…
  local what=$1
  shift
  if "$@" >/dev/null 2>&1; then got+=" $what;"; fi
}
create() { # NAMESPACE JSON
  operator -n "$1" create --dry-run=server -f - <<<"$2"
}
token() { # NAMESPACE ACCOUNT
  operator create --raw "/api/v1/namespaces/$1/serviceaccounts/$2/token?dryRun=All" -f - <<<'{"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"audiences": [], "expirationSeconds": 600}}'
}
job() { # NAMESPACE
  printf '{"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "mine", "namespace": "%s"}, "spec": {"template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "it", "image": "registry.example/mine:1", "securityContext": {"privileged": true}}]}}}}' "$1"
}
for namespace in kube-system security-15-other "$release_namespace"; do
  tried "reads Secrets of $namespace" operator get secrets -n "$namespace"
done
tried 'reads Secrets of all namespaces' operator get secrets -A
tried 'an unbound token of clusterrole-aggregation-controller' token kube-system clusterrole-aggregation-controller
for namespace in security-15 security-15-other; do
  tried "an unbound token in $namespace" token $namespace of-others
  tried "writes over a Secret of others in $namespace" operator -n $namespace patch secret of-others --type=merge -p '{"stringData": {"password": "mine"}}' --dry-run=server
  tried "deletes a Secret of others in $namespace" operator -n $namespace delete secret of-others --dry-run=server
  tried "deletes a ServiceAccount of others in $namespace" operator -n $namespace delete serviceaccount of-others --dry-run=server
  tried "changes the image of a workload in $namespace" operator -n $namespace patch deployment of-others --type=merge \
    -p '{"spec": {"template": {"spec": {"containers": [{"name": "it", "image": "registry.example/mine:1"}]}}}}' --dry-run=server
done
for namespace in kube-system security-15; do
  tried "a Secret that Kubernetes fills with a token in $namespace" create $namespace "{\"apiVersion\": \"v1\", \"kind\": \"Secret\", \"type\": \"kubernetes.io/service-account-token\", \"metadata\": {\"name\": \"of-any\", \"namespace\": \"$namespace\", \"annotations\": {\"kubernetes.io/service-account.name\": \"default\"}}}"
  tried "a privileged Job in $namespace" create $namespace "$(job $namespace)"
done
tried 'takes everybody off the old list' operator -n "$release_namespace" patch configmap credence-suspended --type=merge -p '{"data": null}' --dry-run=server
[ -z "$got" ] || weakness "the operator's account, which needs none of these:$got"
rejected 'all refused; the Secrets of its namespaces remain readable'
