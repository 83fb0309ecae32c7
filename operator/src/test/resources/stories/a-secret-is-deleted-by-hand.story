# Somebody deletes the generated Secret, twice: the next one is counted on. The second time another
# controller holds it for a while.
from: 2026-03-01T00:00:00Z
until: 2026-04-20T00:00:00Z
objects:
- apiVersion: credence.dev/v1alpha1
  kind: MachineIdentity
  metadata: {name: crm, uid: crm-323434} # this uid spreads crm-db by nothing
  spec:
    owner: {team: sales-platform, contact: alice@example.com}
    secrets:
    - name: crm-db
      generate: {keys: [{name: password, password: {length: 32}}]}
      rotation: {interval: 720h}
events:
- {at: "2026-03-11T09:00:00Z", say: the Secret is deleted, delete: {kind: Secret, name: crm-db}}
- at: 2026-04-10T10:00:00Z
  say: the Secret is deleted during the overlap, but for a finalizer
  apply: {kind: Secret, metadata: {name: crm-db, deletionTimestamp: "2026-04-10T10:00:00Z"}}
- {at: "2026-04-10T10:05:00Z", say: the finalizer is done, delete: {kind: Secret, name: crm-db}}
~~~
2026-03-01 00:00:00 crm
  > create Secret crm-db with its first value
  = Active, Ready
  = OwnerAssigned True, OwnerSet: The owner is alice@example.com.
  = crm-db: Generated, Fresh; version 1; issued 2026-03-01 00:00:00; next value 2026-03-31 00:00:00
2026-03-11 09:00:00 * the Secret is deleted
2026-03-11 09:00:00 crm
  > create Secret crm-db with its first value
  = crm-db: Generated, Fresh; version 2; issued 2026-03-11 09:00:00; next value 2026-04-10 09:00:00
2026-04-10 09:00:00 crm
  > rotate Secret crm-db, due since 2026-04-10T09:00:00Z
  = Rotating, Ready
  = crm-db: Generated, Overlapping; version 3; issued 2026-04-10 09:00:00; next value 2026-05-10 09:00:00; the previous value stays until 2026-04-11 09:00:00
2026-04-10 10:00:00 * the Secret is deleted during the overlap, but for a finalizer
2026-04-10 10:00:00 crm
  = Provisioning, not Ready (MemberMissing)
  = MembersLinked False, MemberMissing: Secret crm-db is being deleted.
  = CredentialsFresh False, RotationDue: Secret crm-db: Waiting for the deletion of the Secret.
  = crm-db: Generated, Pending; version 3; Waiting for the deletion of the Secret.
2026-04-10 10:05:00 * the finalizer is done
2026-04-10 10:05:00 crm
  > create Secret crm-db with its first value
  = Active, Ready
  = crm-db: Generated, Fresh; version 4; issued 2026-04-10 10:05:00; next value 2026-05-10 10:05:00

until 2026-04-20 00:00:00: 1 looks by the clock, 4 actions
