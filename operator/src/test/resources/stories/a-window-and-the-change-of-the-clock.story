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
  > create Secret crm-db with its first value
  = Active, Ready
  = OwnerAssigned True, OwnerSet: The owner is alice@example.com.
  = crm-db: Generated, Fresh; version 1; issued 2026-03-27 00:00:00; next value 2026-03-28 01:00:00
2026-03-27 20:00:00 crm
  = CredentialsFresh False, RotationDeferred: Secret crm-db: Due. The next maintenance window of the policy opens at 2026-03-28T01:00:00Z.
  = crm-db: Generated, Deferred; version 1; issued 2026-03-27 00:00:00; next value 2026-03-28 01:00:00; Due. The next maintenance window of the policy opens at 2026-03-28T01:00:00Z.
2026-03-28 01:00:00 crm
  > rotate Secret crm-db, due since 2026-03-28T01:00:00Z
  = Rotating, Ready
  = crm-db: Generated, Overlapping; version 2; issued 2026-03-28 01:00:00; next value 2026-03-29 01:00:00; the previous value stays until 2026-03-28 02:00:00
2026-03-28 02:00:00 crm
  > remove the previous value of Secret crm-db
  = Active, Ready
  = crm-db: Generated, Fresh; version 2; issued 2026-03-28 01:00:00; next value 2026-03-29 01:00:00
2026-03-28 21:00:00 crm
  = CredentialsFresh False, RotationDeferred: Secret crm-db: Due. The next maintenance window of the policy opens at 2026-03-29T01:00:00Z.
  = crm-db: Generated, Deferred; version 2; issued 2026-03-28 01:00:00; next value 2026-03-29 01:00:00; Due. The next maintenance window of the policy opens at 2026-03-29T01:00:00Z.
2026-03-29 01:00:00 crm
  > rotate Secret crm-db, due since 2026-03-29T01:00:00Z
  = Rotating, Ready
  = crm-db: Generated, Overlapping; version 3; issued 2026-03-29 01:00:00; next value 2026-03-30 00:00:00; the previous value stays until 2026-03-29 02:00:00
2026-03-29 02:00:00 crm
  > remove the previous value of Secret crm-db
  = Active, Ready
  = crm-db: Generated, Fresh; version 3; issued 2026-03-29 01:00:00; next value 2026-03-30 00:00:00
2026-03-29 21:00:00 crm
  = CredentialsFresh False, RotationDeferred: Secret crm-db: Due. The next maintenance window of the policy opens at 2026-03-30T00:00:00Z.
  = crm-db: Generated, Deferred; version 3; issued 2026-03-29 01:00:00; next value 2026-03-30 00:00:00; Due. The next maintenance window of the policy opens at 2026-03-30T00:00:00Z.
2026-03-30 00:00:00 crm
  > rotate Secret crm-db, due since 2026-03-30T00:00:00Z
  = Rotating, Ready
  = crm-db: Generated, Overlapping; version 4; issued 2026-03-30 00:00:00; next value 2026-03-31 00:00:00; the previous value stays until 2026-03-30 01:00:00
2026-03-30 01:00:00 crm
  > remove the previous value of Secret crm-db
  = Active, Ready
  = crm-db: Generated, Fresh; version 4; issued 2026-03-30 00:00:00; next value 2026-03-31 00:00:00
2026-03-30 12:00:00 * alice asks for a new value
2026-03-30 12:00:00 crm
  = CredentialsFresh False, RotationDeferred: Secret crm-db: Due. The next maintenance window of the policy opens at 2026-03-31T00:00:00Z.
  = crm-db: Generated, Deferred; version 4; issued 2026-03-30 00:00:00; next value 2026-03-31 00:00:00; Due. The next maintenance window of the policy opens at 2026-03-31T00:00:00Z.
2026-03-31 00:00:00 crm
  > rotate Secret crm-db, since a user requested it
  = Rotating, Ready
  = crm-db: Generated, Overlapping; version 5; issued 2026-03-31 00:00:00; next value 2026-04-01 00:00:00; the previous value stays until 2026-03-31 01:00:00
2026-03-31 01:00:00 crm
  > remove the previous value of Secret crm-db
  = Active, Ready
  = crm-db: Generated, Fresh; version 5; issued 2026-03-31 00:00:00; next value 2026-04-01 00:00:00

until 2026-03-31 12:00:00: 12 looks by the clock, 9 actions
