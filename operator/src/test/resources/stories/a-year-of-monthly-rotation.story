# The policy asks for a new value on the first of each month at two in the morning in Berlin, with
# two days of overlap. In summer that is midnight UTC, in winter one o'clock.
from: 2026-01-15T09:00:00Z
until: 2027-01-15T09:00:00Z
objects:
- apiVersion: credence.dev/v1alpha1
  kind: CredentialPolicy
  metadata: {name: production}
  spec: {enforcement: Enforce, rotation: {schedule: "0 2 1 * *", timeZone: Europe/Berlin, overlap: 48h}}
- apiVersion: credence.dev/v1alpha1
  kind: MachineIdentity
  metadata: {name: crm, uid: crm-323434} # this uid spreads crm-db by nothing
  spec:
    owner: {team: sales-platform, contact: alice@example.com}
    secrets:
    - name: crm-db
      generate: {keys: [{name: password, password: {length: 32}}]}
~~~
2026-01-15 09:00:00 crm
  > create Secret crm-db with its first value
  = Active, Ready
  = OwnerAssigned True, OwnerSet: The owner is alice@example.com.
  = crm-db: Generated, Fresh; version 1; issued 2026-01-15 09:00:00; next value 2026-02-01 01:00:00
2026-02-01 01:00:00 crm
  > rotate Secret crm-db, due since 2026-02-01T01:00:00Z
  = Rotating, Ready
  = crm-db: Generated, Overlapping; version 2; issued 2026-02-01 01:00:00; next value 2026-03-01 01:00:00; the previous value stays until 2026-02-03 01:00:00
2026-02-03 01:00:00 crm
  > remove the previous value of Secret crm-db
  = Active, Ready
  = crm-db: Generated, Fresh; version 2; issued 2026-02-01 01:00:00; next value 2026-03-01 01:00:00
2026-03-01 01:00:00 crm
  > rotate Secret crm-db, due since 2026-03-01T01:00:00Z
  = Rotating, Ready
  = crm-db: Generated, Overlapping; version 3; issued 2026-03-01 01:00:00; next value 2026-04-01 00:00:00; the previous value stays until 2026-03-03 01:00:00
2026-03-03 01:00:00 crm
  > remove the previous value of Secret crm-db
  = Active, Ready
  = crm-db: Generated, Fresh; version 3; issued 2026-03-01 01:00:00; next value 2026-04-01 00:00:00
2026-04-01 00:00:00 crm
  > rotate Secret crm-db, due since 2026-04-01T00:00:00Z
  = Rotating, Ready
  = crm-db: Generated, Overlapping; version 4; issued 2026-04-01 00:00:00; next value 2026-05-01 00:00:00; the previous value stays until 2026-04-03 00:00:00
2026-04-03 00:00:00 crm
  > remove the previous value of Secret crm-db
  = Active, Ready
  = crm-db: Generated, Fresh; version 4; issued 2026-04-01 00:00:00; next value 2026-05-01 00:00:00
2026-05-01 00:00:00 crm
  > rotate Secret crm-db, due since 2026-05-01T00:00:00Z
  = Rotating, Ready
  = crm-db: Generated, Overlapping; version 5; issued 2026-05-01 00:00:00; next value 2026-06-01 00:00:00; the previous value stays until 2026-05-03 00:00:00
2026-05-03 00:00:00 crm
  > remove the previous value of Secret crm-db
  = Active, Ready
  = crm-db: Generated, Fresh; version 5; issued 2026-05-01 00:00:00; next value 2026-06-01 00:00:00
2026-06-01 00:00:00 crm
  > rotate Secret crm-db, due since 2026-06-01T00:00:00Z
  = Rotating, Ready
  = crm-db: Generated, Overlapping; version 6; issued 2026-06-01 00:00:00; next value 2026-07-01 00:00:00; the previous value stays until 2026-06-03 00:00:00
2026-06-03 00:00:00 crm
  > remove the previous value of Secret crm-db
  = Active, Ready
  = crm-db: Generated, Fresh; version 6; issued 2026-06-01 00:00:00; next value 2026-07-01 00:00:00
2026-07-01 00:00:00 crm
  > rotate Secret crm-db, due since 2026-07-01T00:00:00Z
  = Rotating, Ready
  = crm-db: Generated, Overlapping; version 7; issued 2026-07-01 00:00:00; next value 2026-08-01 00:00:00; the previous value stays until 2026-07-03 00:00:00
2026-07-03 00:00:00 crm
  > remove the previous value of Secret crm-db
  = Active, Ready
  = crm-db: Generated, Fresh; version 7; issued 2026-07-01 00:00:00; next value 2026-08-01 00:00:00
2026-08-01 00:00:00 crm
  > rotate Secret crm-db, due since 2026-08-01T00:00:00Z
  = Rotating, Ready
  = crm-db: Generated, Overlapping; version 8; issued 2026-08-01 00:00:00; next value 2026-09-01 00:00:00; the previous value stays until 2026-08-03 00:00:00
2026-08-03 00:00:00 crm
  > remove the previous value of Secret crm-db
  = Active, Ready
  = crm-db: Generated, Fresh; version 8; issued 2026-08-01 00:00:00; next value 2026-09-01 00:00:00
2026-09-01 00:00:00 crm
  > rotate Secret crm-db, due since 2026-09-01T00:00:00Z
  = Rotating, Ready
  = crm-db: Generated, Overlapping; version 9; issued 2026-09-01 00:00:00; next value 2026-10-01 00:00:00; the previous value stays until 2026-09-03 00:00:00
2026-09-03 00:00:00 crm
  > remove the previous value of Secret crm-db
  = Active, Ready
  = crm-db: Generated, Fresh; version 9; issued 2026-09-01 00:00:00; next value 2026-10-01 00:00:00
2026-10-01 00:00:00 crm
  > rotate Secret crm-db, due since 2026-10-01T00:00:00Z
  = Rotating, Ready
  = crm-db: Generated, Overlapping; version 10; issued 2026-10-01 00:00:00; next value 2026-11-01 01:00:00; the previous value stays until 2026-10-03 00:00:00
2026-10-03 00:00:00 crm
  > remove the previous value of Secret crm-db
  = Active, Ready
  = crm-db: Generated, Fresh; version 10; issued 2026-10-01 00:00:00; next value 2026-11-01 01:00:00
2026-11-01 01:00:00 crm
  > rotate Secret crm-db, due since 2026-11-01T01:00:00Z
  = Rotating, Ready
  = crm-db: Generated, Overlapping; version 11; issued 2026-11-01 01:00:00; next value 2026-12-01 01:00:00; the previous value stays until 2026-11-03 01:00:00
2026-11-03 01:00:00 crm
  > remove the previous value of Secret crm-db
  = Active, Ready
  = crm-db: Generated, Fresh; version 11; issued 2026-11-01 01:00:00; next value 2026-12-01 01:00:00
2026-12-01 01:00:00 crm
  > rotate Secret crm-db, due since 2026-12-01T01:00:00Z
  = Rotating, Ready
  = crm-db: Generated, Overlapping; version 12; issued 2026-12-01 01:00:00; next value 2027-01-01 01:00:00; the previous value stays until 2026-12-03 01:00:00
2026-12-03 01:00:00 crm
  > remove the previous value of Secret crm-db
  = Active, Ready
  = crm-db: Generated, Fresh; version 12; issued 2026-12-01 01:00:00; next value 2027-01-01 01:00:00
2027-01-01 01:00:00 crm
  > rotate Secret crm-db, due since 2027-01-01T01:00:00Z
  = Rotating, Ready
  = crm-db: Generated, Overlapping; version 13; issued 2027-01-01 01:00:00; next value 2027-02-01 01:00:00; the previous value stays until 2027-01-03 01:00:00
2027-01-03 01:00:00 crm
  > remove the previous value of Secret crm-db
  = Active, Ready
  = crm-db: Generated, Fresh; version 13; issued 2027-01-01 01:00:00; next value 2027-02-01 01:00:00

until 2027-01-15 09:00:00: 24 looks by the clock, 25 actions
