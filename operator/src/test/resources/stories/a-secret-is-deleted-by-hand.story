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
  > Issue Secret crm-db as Opaque with password, version 1, identity=crm, owner=alice@example.com, team=sales-platform
  = Active, ready
  = OwnerSet: alice@example.com answers for this identity
  = crm-db is Fresh (Generated), version 1, issued 2026-03-01T00:00:00Z, next 2026-03-31T00:00:00Z
2026-03-11 09:00:00 * the Secret is deleted
2026-03-11 09:00:00 crm
  > Issue Secret crm-db as Opaque with password, version 2, identity=crm, owner=alice@example.com, team=sales-platform
  = crm-db is Fresh (Generated), version 2, issued 2026-03-11T09:00:00Z, next 2026-04-10T09:00:00Z
2026-04-10 09:00:00 crm
  > Rotate Secret crm-db to version 3, the previous until 2026-04-11T09:00:00Z, due since 2026-04-10T09:00:00Z
  = Rotating, ready
  = crm-db is Overlapping (Generated), version 3, issued 2026-04-10T09:00:00Z, next 2026-05-10T09:00:00Z, previous until 2026-04-11T09:00:00Z
2026-04-10 10:00:00 * the Secret is deleted during the overlap, but for a finalizer
2026-04-10 10:00:00 crm
  = Provisioning, not ready
  = MemberMissing: Secret crm-db is being deleted
  = RotationDue: crm-db: the Secret is being deleted
  = crm-db is Pending (Generated), version 3; the Secret is being deleted
2026-04-10 10:05:00 * the finalizer is done
2026-04-10 10:05:00 crm
  > Issue Secret crm-db as Opaque with password, version 4, identity=crm, owner=alice@example.com, team=sales-platform
  = Active, ready
  = crm-db is Fresh (Generated), version 4, issued 2026-04-10T10:05:00Z, next 2026-05-10T10:05:00Z

until 2026-04-20 00:00:00: 1 looks by the clock, 4 actions
