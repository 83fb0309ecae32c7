# A Secret that somebody made by hand is given to an identity: its value stays until it is due. Later its
# holder takes it back and deletes it, and the identity makes one of its own.
from: 2026-03-01T00:00:00Z
until: 2026-03-16T00:00:00Z
objects:
- apiVersion: credence.dev/v1alpha1
  kind: MachineIdentity
  metadata: {name: crm, uid: crm-323434} # this uid spreads crm-db by nothing
  spec:
    owner: {team: sales-platform, contact: alice@example.com}
    secrets:
    - name: crm-db
      generate: {keys: [{name: password, password: {length: 32}}]}
      rotation: {interval: 240h}
- apiVersion: v1
  kind: Secret
  metadata: {name: crm-db}
events:
- at: 2026-03-02T00:00:00Z
  say: bob gives his Secret to crm
  apply: {kind: Secret, metadata: {name: crm-db, annotations: {credence.dev/adopt: crm}}}
- at: 2026-03-12T06:00:00Z
  say: bob takes it back
  apply: {kind: Secret, metadata: {name: crm-db, annotations: {credence.dev/adopt: null}}}
- at: 2026-03-15T00:00:00Z
  say: bob deletes it
  delete: {kind: Secret, name: crm-db}
~~~
2026-03-01 00:00:00 crm
  = Provisioning, not Ready (NotManaged)
  = OwnerAssigned True, OwnerSet: The owner is alice@example.com.
  = MembersLinked False, NotManaged: Secret crm-db exists and is not managed by this MachineIdentity. Choose another name, delete the Secret if nothing uses it, or annotate it with credence.dev/adopt=crm.
  = CredentialsFresh False, RotationDue: Secret crm-db: An object that is not managed by Credence has this name.
  = crm-db: Generated, Pending; An object that is not managed by Credence has this name.
2026-03-02 00:00:00 * bob gives his Secret to crm
2026-03-02 00:00:00 crm
  > adopt Secret crm-db
  = Provisioning, not Ready (RotationDue)
  = CredentialsFresh False, RotationDue: Secret crm-db: Adopting the Secret. Its value stays until the first rotation.
  = crm-db: Generated, Pending; Adopting the Secret. Its value stays until the first rotation.
2026-03-02 00:00:00 crm
  > set the managed label and annotations of Secret crm-db
  = Active, Ready
  = crm-db: Generated, Fresh; version 1; issued 2026-03-02 00:00:00; next value 2026-03-12 00:00:00
2026-03-12 00:00:00 crm
  > rotate Secret crm-db, due since 2026-03-12T00:00:00Z
  = Rotating, Ready
  = crm-db: Generated, Overlapping; version 2; issued 2026-03-12 00:00:00; next value 2026-03-22 00:00:00; the previous value stays until 2026-03-13 00:00:00
2026-03-12 06:00:00 * bob takes it back
2026-03-12 06:00:00 crm
  > release Secret crm-db to its owner
  = Provisioning, not Ready (RotationDue)
  = CredentialsFresh False, RotationDue: Secret crm-db: Released to the owner of the object, who removed the annotation credence.dev/adopt.
  = crm-db: Generated, Pending; version 2; Released to the owner of the object, who removed the annotation credence.dev/adopt.
2026-03-12 06:00:00 crm
  = Provisioning, not Ready (NotManaged)
  = MembersLinked False, NotManaged: Secret crm-db exists and is not managed by this MachineIdentity. Choose another name, delete the Secret if nothing uses it, or annotate it with credence.dev/adopt=crm.
  = CredentialsFresh False, RotationDue: Secret crm-db: An object that is not managed by Credence has this name.
  = crm-db: Generated, Pending; version 2; An object that is not managed by Credence has this name.
2026-03-15 00:00:00 * bob deletes it
2026-03-15 00:00:00 crm
  > create Secret crm-db with its first value
  = Active, Ready
  = crm-db: Generated, Fresh; version 3; issued 2026-03-15 00:00:00; next value 2026-03-25 00:00:00

until 2026-03-16 00:00:00: 1 looks by the clock, 5 actions
