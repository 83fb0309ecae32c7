# A policy lets identities live for a year. The owner does not read the warnings, the identity ends
# in the middle of an overlap, and somebody notices a week later and asks for an exception.
from: 2026-11-20T00:00:00Z
until: 2027-02-01T00:00:00Z
objects:
- apiVersion: credence.dev/v1alpha1
  kind: CredentialPolicy
  metadata: {name: production}
  spec: {enforcement: Enforce, lifetime: {max: 8760h}, rotation: {interval: 480h, overlap: 48h}}
- apiVersion: credence.dev/v1alpha1
  kind: CredentialPolicy
  metadata: {name: exceptions}
  spec: {priority: 10, match: {identitySelector: {matchLabels: {exception: "yes"}}}, enforcement: Enforce, lifetime: {}}
- apiVersion: credence.dev/v1alpha1
  kind: MachineIdentity
  metadata: {name: crm, uid: crm-323434, creationTimestamp: "2025-12-30T12:00:00Z"} # this uid spreads crm-db by nothing
  spec:
    owner: {team: sales-platform, contact: alice@example.com}
    serviceAccounts: [{name: crm-sync, provision: {}}]
    secrets:
    - name: crm-db
      generate: {keys: [{name: password, password: {length: 32}}]}
events:
- at: 2026-12-31T10:00:00Z
  say: somebody asks for a new value
  apply: {kind: MachineIdentity, metadata: {name: crm, annotations: {credence.dev/rotate: ticket-12}}}
- at: 2027-01-07T09:00:00Z
  say: the identity gets an exception
  apply: {kind: MachineIdentity, metadata: {name: crm, labels: {exception: "yes"}}}
~~~
2026-11-20 00:00:00 crm
  > create ServiceAccount crm-sync
  > create Secret crm-db with its first value
  = Active, Ready
  = OwnerAssigned True, OwnerSet: The owner is alice@example.com.
  = crm-db: Generated, Fresh; version 1; issued 2026-11-20 00:00:00; next value 2026-12-10 00:00:00
2026-11-30 12:00:00 crm
  = Expiring True, ExpiresSoon: The identity expires at 2026-12-30T12:00:00Z by `lifetime.max` of policy production, in less than 720h. If the identity is still needed, raise `lifetime.max`, or apply another policy to it.
2026-12-10 00:00:00 crm
  > rotate Secret crm-db, due since 2026-12-10T00:00:00Z
  = Rotating, Ready
  = crm-db: Generated, Overlapping; version 2; issued 2026-12-10 00:00:00; next value 2026-12-30 00:00:00; the previous value stays until 2026-12-12 00:00:00
2026-12-12 00:00:00 crm
  > remove the previous value of Secret crm-db
  = Active, Ready
  = crm-db: Generated, Fresh; version 2; issued 2026-12-10 00:00:00; next value 2026-12-30 00:00:00
2026-12-23 12:00:00 crm
  = Expiring True, ExpiresSoon: The identity expires at 2026-12-30T12:00:00Z by `lifetime.max` of policy production, in less than 168h. If the identity is still needed, raise `lifetime.max`, or apply another policy to it.
2026-12-29 12:00:00 crm
  = Expiring True, ExpiresSoon: The identity expires at 2026-12-30T12:00:00Z by `lifetime.max` of policy production, in less than 24h. If the identity is still needed, raise `lifetime.max`, or apply another policy to it.
2026-12-30 00:00:00 crm
  > rotate Secret crm-db, due since 2026-12-30T00:00:00Z
  = Rotating, Ready
  = crm-db: Generated, Overlapping; version 3; issued 2026-12-30 00:00:00; next value 2027-01-19 00:00:00; the previous value stays until 2027-01-01 00:00:00
2026-12-30 12:00:00 crm
  = Rotating, not Ready (Expired)
  = CredentialsFresh False, RotationDue: Secret crm-db: Not rotated: the identity has expired.
  = Expiring True, Expired: The identity expired at 2026-12-30T12:00:00Z by `lifetime.max` of policy production. The operator issues and rotates no credentials for it. If the identity is still needed, raise `lifetime.max`, or apply another policy to it.
  = crm-db: Generated, Expired; version 3; issued 2026-12-30 00:00:00; the previous value stays until 2027-01-01 00:00:00; Not rotated: the identity has expired.
2026-12-31 10:00:00 * somebody asks for a new value
2026-12-31 10:00:00 crm
  > remove the previous value of Secret crm-db
  = Active, not Ready (Expired)
  = crm-db: Generated, Expired; version 3; issued 2026-12-30 00:00:00; Not rotated: the identity has expired.
2027-01-07 09:00:00 * the identity gets an exception
2027-01-07 09:00:00 crm
  > rotate Secret crm-db, since a user requested it
  = Rotating, Ready
  = crm-db: Generated, Overlapping; version 4; issued 2027-01-07 09:00:00; next value 2027-01-27 09:00:00; the previous value stays until 2027-01-09 09:00:00
2027-01-09 09:00:00 crm
  > remove the previous value of Secret crm-db
  = Active, Ready
  = crm-db: Generated, Fresh; version 4; issued 2027-01-07 09:00:00; next value 2027-01-27 09:00:00
2027-01-27 09:00:00 crm
  > rotate Secret crm-db, due since 2027-01-27T09:00:00Z
  = Rotating, Ready
  = crm-db: Generated, Overlapping; version 5; issued 2027-01-27 09:00:00; next value 2027-02-16 09:00:00; the previous value stays until 2027-01-29 09:00:00
2027-01-29 09:00:00 crm
  > remove the previous value of Secret crm-db
  = Active, Ready
  = crm-db: Generated, Fresh; version 5; issued 2027-01-27 09:00:00; next value 2027-02-16 09:00:00

until 2027-02-01 00:00:00: 10 looks by the clock, 10 actions
