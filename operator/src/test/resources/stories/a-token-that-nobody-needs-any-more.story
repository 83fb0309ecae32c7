# A token that somebody made by hand is not used any more. Its policy ends it, keeps it so through a
# suspension, and gives it back when the policy only reports.
from: 2026-03-01T00:00:00Z
until: 2026-08-01T00:00:00Z
objects:
- apiVersion: v1
  kind: Namespace
  metadata: {name: sales}
- apiVersion: v1
  kind: ConfigMap
  metadata: {name: kube-apiserver-legacy-service-account-token-tracking, namespace: kube-system}
  data: {since: "2025-01-01"}
- apiVersion: credence.dev/v1alpha1
  kind: CredentialPolicy
  metadata: {name: production}
  spec: {enforcement: Enforce, tokens: {legacy: {onUnused: Invalidate, unusedFor: 720h}}}
- {apiVersion: v1, kind: ServiceAccount, metadata: {name: crm-sync}}
- apiVersion: v1
  kind: Secret
  type: kubernetes.io/service-account-token
  metadata:
    name: crm-legacy
    creationTimestamp: "2025-02-01T00:00:00Z"
    labels: {kubernetes.io/legacy-token-last-used: "2026-02-27"}
    annotations: {kubernetes.io/service-account.name: crm-sync}
- apiVersion: credence.dev/v1alpha1
  kind: MachineIdentity
  metadata: {name: crm}
  spec:
    owner: {contact: alice@example.com}
    serviceAccounts: [{name: crm-sync}]
events:
- at: 2026-03-20T09:00:00Z
  say: the token is used once more
  apply: {kind: Secret, metadata: {name: crm-legacy, labels: {kubernetes.io/legacy-token-last-used: "2026-03-20"}}}
- at: 2026-05-01T09:00:00Z
  say: an incident
  apply: {kind: MachineIdentity, metadata: {name: crm, annotations: {credence.dev/suspend: INC-7}}}
- at: 2026-05-02T09:00:00Z
  say: it was none
  apply: {kind: MachineIdentity, metadata: {name: crm, annotations: {credence.dev/suspend: null}}}
- at: 2026-06-01T09:00:00Z
  say: the policy only reports from now on
  apply: {kind: CredentialPolicy, metadata: {name: production}, spec: {enforcement: Enforce, tokens: {legacy: {onUnused: Report}}}}
- at: 2026-07-01T09:00:00Z
  say: the token is deleted
  delete: {kind: Secret, name: crm-legacy}
~~~
2026-03-01 00:00:00 crm
  > set the managed label and annotations of ServiceAccount crm-sync
  = Active, Ready
  = OwnerAssigned True, OwnerSet: The owner is alice@example.com.
2026-03-20 09:00:00 * the token is used once more
2026-04-20 00:00:00 crm
  > invalidate the token in Secret crm-legacy
2026-05-01 09:00:00 * an incident
2026-05-01 09:00:00 crm
  > deny all writes of ServiceAccount crm-sync
  = Suspended, Ready
  = Suspended True, Requested: Suspended since 2026-05-01T09:00:00Z: the annotation credence.dev/suspend is 'INC-7'.
2026-05-02 09:00:00 * it was none
2026-05-02 09:00:00 crm
  > allow writes of ServiceAccount crm-sync again
  = Active, Ready
2026-06-01 09:00:00 * the policy only reports from now on
2026-06-01 09:00:00 crm
  > make the token in Secret crm-legacy valid again
2026-06-01 09:00:00 crm
  = Active, not Ready (LegacyTokenUnused)
  = CredentialsFresh False, LegacyTokenUnused: Secret crm-legacy has a token of ServiceAccount crm-sync that never expires, last used on 2026-03-20. Delete the Secret if nothing needs it.
2026-07-01 09:00:00 * the token is deleted
2026-07-01 09:00:00 crm
  = Active, Ready

until 2026-08-01 00:00:00: 2 looks by the clock, 5 actions
