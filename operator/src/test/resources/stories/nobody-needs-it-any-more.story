# An import is retired. Its identity was reviewed once more, and after 90 days without a sign of use the policy takes
# it out of service.
from: 2026-11-20T08:00:00Z
until: 2027-08-20T00:00:00Z
objects:
- apiVersion: credence.dev/v1alpha1
  kind: CredentialPolicy
  metadata: {name: production}
  spec: {enforcement: Enforce, idle: {unusedFor: 2160h, onIdle: Suspend}, review: {interval: 4320h, onOverdue: Suspend}}
- apiVersion: credence.dev/v1alpha1
  kind: MachineIdentity
  metadata: {name: crm, uid: crm-323434, creationTimestamp: "2026-11-20T08:00:00Z"}
  spec:
    owner: {team: sales-platform, contact: alice@example.com}
    serviceAccounts: [{name: crm-import}]
- apiVersion: v1
  kind: ServiceAccount
  metadata: {name: crm-import, uid: crm-import-1}
- apiVersion: apps/v1
  kind: Deployment
  metadata: {name: crm-import}
  spec: {replicas: 1, template: {spec: {serviceAccountName: crm-import}}}
- apiVersion: v1
  kind: Pod
  metadata: {name: crm-import-1}
  spec: {serviceAccountName: crm-import}
events:
- at: 2026-11-22T10:00:00Z
  say: the import is scaled to zero
  delete: {kind: Pod, name: crm-import-1}
- at: 2027-03-01T10:00:00Z
  say: the import is retired
  delete: {kind: Deployment, name: crm-import}
- at: 2027-03-02T09:00:00Z
  say: alice says that it is still needed
  apply: {kind: MachineIdentity, metadata: {name: crm, annotations: {credence.dev/review: "alice@example.com 2027-03-02T09:00:00Z"}}}
~~~
2026-11-20 08:00:00 crm
  > set the managed label and annotations of ServiceAccount crm-import
  = Active, Ready
  = OwnerAssigned True, OwnerSet: The owner is alice@example.com.
2026-11-22 10:00:00 * the import is scaled to zero
2027-03-01 10:00:00 * the import is retired
2027-03-02 09:00:00 * alice says that it is still needed
2027-05-31 09:00:00 crm
  > deny all writes of ServiceAccount crm-import
  = Suspended, not Ready (Idle)
  = Suspended True, Idle: Suspended since 2027-05-31T09:00:00Z: the identity was last used on 2026-11-22, and policy production suspends idle identities.
  = InUse False, Idle: A pod of the identity was last observed on 2026-11-22. Nothing uses the identity, and by policy production it counts as idle after 2160h (`idle.unusedFor`). If it is needed, a user with the verb `review` sets the annotation credence.dev/review='<own name> <time>'. Otherwise decommission it.
2027-08-15 09:00:00 crm
  = Reviewed False, ReviewDue: Reviewed by alice@example.com at 2027-03-02T09:00:00Z. Policy production requires a review by 2027-08-29T09:00:00Z. If the identity is still needed, a user with the verb `review` sets the annotation credence.dev/review='<own name> <time>'.

until 2027-08-20 00:00:00: 5 looks by the clock, 2 actions
