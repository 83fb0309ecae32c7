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
  = OwnerAssigned True, OwnerSet: alice@example.com answers for this identity
  = MembersLinked False, NotManaged: Secret crm-db exists and was not made by Credence for this identity, so it is left alone: choose another name, or delete it if nothing uses it, or give it to this identity by the annotation credence.dev/adopt
  = CredentialsFresh False, RotationDue: crm-db: the name is taken by an object of others
  = crm-db: Generated, Pending; the name is taken by an object of others
2026-03-02 00:00:00 * bob gives his Secret to crm
2026-03-02 00:00:00 crm
  > take Secret crm-db over, as its holder agreed
  = Provisioning, not Ready (RotationDue)
  = CredentialsFresh False, RotationDue: crm-db: is taken over; its value stays until the first rotation
  = crm-db: Generated, Pending; is taken over; its value stays until the first rotation
2026-03-02 00:00:00 crm
  > put label and owner on Secret crm-db
  = Active, Ready
  = crm-db: Generated, Fresh; version 1; issued 2026-03-02 00:00:00; next value 2026-03-12 00:00:00
2026-03-12 00:00:00 crm
  > put a new value into Secret crm-db, due since 2026-03-12T00:00:00Z
  = Rotating, Ready
  = crm-db: Generated, Overlapping; version 2; issued 2026-03-12 00:00:00; next value 2026-03-22 00:00:00; the previous value stays until 2026-03-13 00:00:00
2026-03-12 06:00:00 * bob takes it back
2026-03-12 06:00:00 crm
  > give Secret crm-db back to its holder
  = Provisioning, not Ready (RotationDue)
  = CredentialsFresh False, RotationDue: crm-db: is given back to its holder, who took credence.dev/adopt away
  = crm-db: Generated, Pending; version 2; is given back to its holder, who took credence.dev/adopt away
2026-03-12 06:00:00 crm
  = Provisioning, not Ready (NotManaged)
  = MembersLinked False, NotManaged: Secret crm-db exists and was not made by Credence for this identity, so it is left alone: choose another name, or delete it if nothing uses it, or give it to this identity by the annotation credence.dev/adopt
  = CredentialsFresh False, RotationDue: crm-db: the name is taken by an object of others
  = crm-db: Generated, Pending; version 2; the name is taken by an object of others
2026-03-15 00:00:00 * bob deletes it
2026-03-15 00:00:00 crm
  > make Secret crm-db with its first value
  = Active, Ready
  = crm-db: Generated, Fresh; version 3; issued 2026-03-15 00:00:00; next value 2026-03-25 00:00:00

until 2026-03-16 00:00:00: 1 looks by the clock, 5 actions
