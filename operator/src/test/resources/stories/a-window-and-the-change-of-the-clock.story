# A window from two to four at night in Berlin, where the night to March 29th has no two o'clock: it opens
# at three that night, and an hour earlier by UTC from then on.
from: 2026-03-27T00:00:00Z
until: 2026-03-31T12:00:00Z
objects:
- apiVersion: credence.dev/v1alpha1
  kind: MachineIdentity
  metadata: {name: crm, uid: crm-323434} # this uid spreads crm-db by nothing
  spec:
    owner: {team: sales-platform, contact: alice@example.com}
    secrets:
    - name: crm-db
      generate: {keys: [{name: password, password: {length: 32}}]}
      rotation: {interval: 20h, overlap: 1h}
- apiVersion: credence.dev/v1alpha1
  kind: CredentialPolicy
  metadata: {name: production}
  spec: {enforcement: Enforce, rotation: {windows: [{schedule: "0 2 * * *", duration: 2h, timeZone: Europe/Berlin}]}}
events:
- at: 2026-03-30T12:00:00Z
  say: alice asks for a new value
  apply: {kind: Secret, metadata: {name: crm-db, annotations: {credence.dev/rotate: ticket-12}}}
~~~
2026-03-27 00:00:00 crm
  > Issue Secret crm-db as Opaque with password, version 1, identity=crm, owner=alice@example.com, team=sales-platform
  = Active, ready
  = OwnerSet: alice@example.com answers for this identity
  = crm-db is Fresh (Generated), version 1, issued 2026-03-27T00:00:00Z, next 2026-03-28T01:00:00Z
2026-03-27 20:00:00 crm
  = RotationDeferred: crm-db: due; the policy's window opens at 2026-03-28T01:00:00Z
  = crm-db is Deferred (Generated), version 1, issued 2026-03-27T00:00:00Z, next 2026-03-28T01:00:00Z; due; the policy's window opens at 2026-03-28T01:00:00Z
2026-03-28 01:00:00 crm
  > Rotate Secret crm-db to version 2, the previous until 2026-03-28T02:00:00Z, due since 2026-03-28T01:00:00Z
  = Rotating, ready
  = crm-db is Overlapping (Generated), version 2, issued 2026-03-28T01:00:00Z, next 2026-03-29T01:00:00Z, previous until 2026-03-28T02:00:00Z
2026-03-28 02:00:00 crm
  > Retire the previous value of Secret crm-db
  = Active, ready
  = crm-db is Fresh (Generated), version 2, issued 2026-03-28T01:00:00Z, next 2026-03-29T01:00:00Z
2026-03-28 21:00:00 crm
  = RotationDeferred: crm-db: due; the policy's window opens at 2026-03-29T01:00:00Z
  = crm-db is Deferred (Generated), version 2, issued 2026-03-28T01:00:00Z, next 2026-03-29T01:00:00Z; due; the policy's window opens at 2026-03-29T01:00:00Z
2026-03-29 01:00:00 crm
  > Rotate Secret crm-db to version 3, the previous until 2026-03-29T02:00:00Z, due since 2026-03-29T01:00:00Z
  = Rotating, ready
  = crm-db is Overlapping (Generated), version 3, issued 2026-03-29T01:00:00Z, next 2026-03-30T00:00:00Z, previous until 2026-03-29T02:00:00Z
2026-03-29 02:00:00 crm
  > Retire the previous value of Secret crm-db
  = Active, ready
  = crm-db is Fresh (Generated), version 3, issued 2026-03-29T01:00:00Z, next 2026-03-30T00:00:00Z
2026-03-29 21:00:00 crm
  = RotationDeferred: crm-db: due; the policy's window opens at 2026-03-30T00:00:00Z
  = crm-db is Deferred (Generated), version 3, issued 2026-03-29T01:00:00Z, next 2026-03-30T00:00:00Z; due; the policy's window opens at 2026-03-30T00:00:00Z
2026-03-30 00:00:00 crm
  > Rotate Secret crm-db to version 4, the previous until 2026-03-30T01:00:00Z, due since 2026-03-30T00:00:00Z
  = Rotating, ready
  = crm-db is Overlapping (Generated), version 4, issued 2026-03-30T00:00:00Z, next 2026-03-31T00:00:00Z, previous until 2026-03-30T01:00:00Z
2026-03-30 01:00:00 crm
  > Retire the previous value of Secret crm-db
  = Active, ready
  = crm-db is Fresh (Generated), version 4, issued 2026-03-30T00:00:00Z, next 2026-03-31T00:00:00Z
2026-03-30 12:00:00 * alice asks for a new value
2026-03-30 12:00:00 crm
  = RotationDeferred: crm-db: due; the policy's window opens at 2026-03-31T00:00:00Z
  = crm-db is Deferred (Generated), version 4, issued 2026-03-30T00:00:00Z, next 2026-03-31T00:00:00Z; due; the policy's window opens at 2026-03-31T00:00:00Z
2026-03-31 00:00:00 crm
  > Rotate Secret crm-db to version 5, the previous until 2026-03-31T01:00:00Z, for the Secret's request ticket-12, on request
  = Rotating, ready
  = crm-db is Overlapping (Generated), version 5, issued 2026-03-31T00:00:00Z, next 2026-04-01T00:00:00Z, previous until 2026-03-31T01:00:00Z
2026-03-31 01:00:00 crm
  > Retire the previous value of Secret crm-db
  = Active, ready
  = crm-db is Fresh (Generated), version 5, issued 2026-03-31T00:00:00Z, next 2026-04-01T00:00:00Z

until 2026-03-31 12:00:00: 12 looks by the clock, 9 actions
