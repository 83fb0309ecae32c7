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
  > Provision ServiceAccount crm-sync, its token not mounted, identity=crm, owner=alice@example.com, team=sales-platform
  > Issue Secret crm-db as Opaque with password, version 1, identity=crm, owner=alice@example.com, team=sales-platform
  = Active, ready
  = OwnerSet: alice@example.com answers for this identity
  = crm-db is Fresh (Generated), version 1, issued 2026-11-20T00:00:00Z, next 2026-12-10T00:00:00Z, 480h by Policy/production
2026-11-30 12:00:00 crm
  = ExpiresSoon: ends at 2026-12-30T12:00:00Z by `lifetime.max` of policy production, in less than 720h: if it is still needed, give it another policy
2026-12-10 00:00:00 crm
  > Rotate Secret crm-db to version 2, the previous until 2026-12-12T00:00:00Z, due since 2026-12-10T00:00:00Z
  = Rotating, ready
  = crm-db is Overlapping (Generated), version 2, issued 2026-12-10T00:00:00Z, next 2026-12-30T00:00:00Z, 480h by Policy/production, previous until 2026-12-12T00:00:00Z
2026-12-12 00:00:00 crm
  > Retire the previous value of Secret crm-db
  = Active, ready
  = crm-db is Fresh (Generated), version 2, issued 2026-12-10T00:00:00Z, next 2026-12-30T00:00:00Z, 480h by Policy/production
2026-12-23 12:00:00 crm
  = ExpiresSoon: ends at 2026-12-30T12:00:00Z by `lifetime.max` of policy production, in less than 168h: if it is still needed, give it another policy
2026-12-29 12:00:00 crm
  = ExpiresSoon: ends at 2026-12-30T12:00:00Z by `lifetime.max` of policy production, in less than 24h: if it is still needed, give it another policy
2026-12-30 00:00:00 crm
  > Rotate Secret crm-db to version 3, the previous until 2027-01-01T00:00:00Z, due since 2026-12-30T00:00:00Z
  = Rotating, ready
  = crm-db is Overlapping (Generated), version 3, issued 2026-12-30T00:00:00Z, next 2027-01-19T00:00:00Z, 480h by Policy/production, previous until 2027-01-01T00:00:00Z
2026-12-30 12:00:00 crm
  = Rotating, not ready
  = RotationDue: crm-db: not rotated: the identity has ended
  = Expired: ended at 2026-12-30T12:00:00Z by `lifetime.max` of policy production, nothing is issued or rotated for it: if it is still needed, give it another policy
  = crm-db is Expired (Generated), version 3, issued 2026-12-30T00:00:00Z, previous until 2027-01-01T00:00:00Z; not rotated: the identity has ended
2026-12-31 10:00:00 * somebody asks for a new value
2026-12-31 10:00:00 crm
  > Retire the previous value of Secret crm-db
  = Active, not ready
  = crm-db is Expired (Generated), version 3, issued 2026-12-30T00:00:00Z; not rotated: the identity has ended
2027-01-07 09:00:00 * the identity gets an exception
2027-01-07 09:00:00 crm
  > Rotate Secret crm-db to version 4, the previous until 2027-01-09T09:00:00Z, for the identity's request ticket-12, on request
  = Rotating, ready
  = crm-db is Overlapping (Generated), version 4, issued 2027-01-07T09:00:00Z, next 2027-01-27T09:00:00Z, 480h by Policy/production, previous until 2027-01-09T09:00:00Z
2027-01-09 09:00:00 crm
  > Retire the previous value of Secret crm-db
  = Active, ready
  = crm-db is Fresh (Generated), version 4, issued 2027-01-07T09:00:00Z, next 2027-01-27T09:00:00Z, 480h by Policy/production
2027-01-27 09:00:00 crm
  > Rotate Secret crm-db to version 5, the previous until 2027-01-29T09:00:00Z, for the identity's request ticket-12, due since 2027-01-27T09:00:00Z
  = Rotating, ready
  = crm-db is Overlapping (Generated), version 5, issued 2027-01-27T09:00:00Z, next 2027-02-16T09:00:00Z, 480h by Policy/production, previous until 2027-01-29T09:00:00Z
2027-01-29 09:00:00 crm
  > Retire the previous value of Secret crm-db
  = Active, ready
  = crm-db is Fresh (Generated), version 5, issued 2027-01-27T09:00:00Z, next 2027-02-16T09:00:00Z, 480h by Policy/production

until 2027-02-01 00:00:00: 10 looks by the clock, 10 actions
