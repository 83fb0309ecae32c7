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
  > Issue Secret crm-db as Opaque with password, version 1, identity=crm, owner=alice@example.com, team=sales-platform
  = Active, ready
  = OwnerSet: alice@example.com answers for this identity
  = crm-db is Fresh (Generated), version 1, issued 2026-01-15T09:00:00Z, next 2026-02-01T01:00:00Z, 0 2 1 * * by Policy/production
2026-02-01 01:00:00 crm
  > Rotate Secret crm-db to version 2, the previous until 2026-02-03T01:00:00Z, due since 2026-02-01T01:00:00Z
  = Rotating, ready
  = crm-db is Overlapping (Generated), version 2, issued 2026-02-01T01:00:00Z, next 2026-03-01T01:00:00Z, 0 2 1 * * by Policy/production, previous until 2026-02-03T01:00:00Z
2026-02-03 01:00:00 crm
  > Retire the previous value of Secret crm-db
  = Active, ready
  = crm-db is Fresh (Generated), version 2, issued 2026-02-01T01:00:00Z, next 2026-03-01T01:00:00Z, 0 2 1 * * by Policy/production
2026-03-01 01:00:00 crm
  > Rotate Secret crm-db to version 3, the previous until 2026-03-03T01:00:00Z, due since 2026-03-01T01:00:00Z
  = Rotating, ready
  = crm-db is Overlapping (Generated), version 3, issued 2026-03-01T01:00:00Z, next 2026-04-01T00:00:00Z, 0 2 1 * * by Policy/production, previous until 2026-03-03T01:00:00Z
2026-03-03 01:00:00 crm
  > Retire the previous value of Secret crm-db
  = Active, ready
  = crm-db is Fresh (Generated), version 3, issued 2026-03-01T01:00:00Z, next 2026-04-01T00:00:00Z, 0 2 1 * * by Policy/production
2026-04-01 00:00:00 crm
  > Rotate Secret crm-db to version 4, the previous until 2026-04-03T00:00:00Z, due since 2026-04-01T00:00:00Z
  = Rotating, ready
  = crm-db is Overlapping (Generated), version 4, issued 2026-04-01T00:00:00Z, next 2026-05-01T00:00:00Z, 0 2 1 * * by Policy/production, previous until 2026-04-03T00:00:00Z
2026-04-03 00:00:00 crm
  > Retire the previous value of Secret crm-db
  = Active, ready
  = crm-db is Fresh (Generated), version 4, issued 2026-04-01T00:00:00Z, next 2026-05-01T00:00:00Z, 0 2 1 * * by Policy/production
2026-05-01 00:00:00 crm
  > Rotate Secret crm-db to version 5, the previous until 2026-05-03T00:00:00Z, due since 2026-05-01T00:00:00Z
  = Rotating, ready
  = crm-db is Overlapping (Generated), version 5, issued 2026-05-01T00:00:00Z, next 2026-06-01T00:00:00Z, 0 2 1 * * by Policy/production, previous until 2026-05-03T00:00:00Z
2026-05-03 00:00:00 crm
  > Retire the previous value of Secret crm-db
  = Active, ready
  = crm-db is Fresh (Generated), version 5, issued 2026-05-01T00:00:00Z, next 2026-06-01T00:00:00Z, 0 2 1 * * by Policy/production
2026-06-01 00:00:00 crm
  > Rotate Secret crm-db to version 6, the previous until 2026-06-03T00:00:00Z, due since 2026-06-01T00:00:00Z
  = Rotating, ready
  = crm-db is Overlapping (Generated), version 6, issued 2026-06-01T00:00:00Z, next 2026-07-01T00:00:00Z, 0 2 1 * * by Policy/production, previous until 2026-06-03T00:00:00Z
2026-06-03 00:00:00 crm
  > Retire the previous value of Secret crm-db
  = Active, ready
  = crm-db is Fresh (Generated), version 6, issued 2026-06-01T00:00:00Z, next 2026-07-01T00:00:00Z, 0 2 1 * * by Policy/production
2026-07-01 00:00:00 crm
  > Rotate Secret crm-db to version 7, the previous until 2026-07-03T00:00:00Z, due since 2026-07-01T00:00:00Z
  = Rotating, ready
  = crm-db is Overlapping (Generated), version 7, issued 2026-07-01T00:00:00Z, next 2026-08-01T00:00:00Z, 0 2 1 * * by Policy/production, previous until 2026-07-03T00:00:00Z
2026-07-03 00:00:00 crm
  > Retire the previous value of Secret crm-db
  = Active, ready
  = crm-db is Fresh (Generated), version 7, issued 2026-07-01T00:00:00Z, next 2026-08-01T00:00:00Z, 0 2 1 * * by Policy/production
2026-08-01 00:00:00 crm
  > Rotate Secret crm-db to version 8, the previous until 2026-08-03T00:00:00Z, due since 2026-08-01T00:00:00Z
  = Rotating, ready
  = crm-db is Overlapping (Generated), version 8, issued 2026-08-01T00:00:00Z, next 2026-09-01T00:00:00Z, 0 2 1 * * by Policy/production, previous until 2026-08-03T00:00:00Z
2026-08-03 00:00:00 crm
  > Retire the previous value of Secret crm-db
  = Active, ready
  = crm-db is Fresh (Generated), version 8, issued 2026-08-01T00:00:00Z, next 2026-09-01T00:00:00Z, 0 2 1 * * by Policy/production
2026-09-01 00:00:00 crm
  > Rotate Secret crm-db to version 9, the previous until 2026-09-03T00:00:00Z, due since 2026-09-01T00:00:00Z
  = Rotating, ready
  = crm-db is Overlapping (Generated), version 9, issued 2026-09-01T00:00:00Z, next 2026-10-01T00:00:00Z, 0 2 1 * * by Policy/production, previous until 2026-09-03T00:00:00Z
2026-09-03 00:00:00 crm
  > Retire the previous value of Secret crm-db
  = Active, ready
  = crm-db is Fresh (Generated), version 9, issued 2026-09-01T00:00:00Z, next 2026-10-01T00:00:00Z, 0 2 1 * * by Policy/production
2026-10-01 00:00:00 crm
  > Rotate Secret crm-db to version 10, the previous until 2026-10-03T00:00:00Z, due since 2026-10-01T00:00:00Z
  = Rotating, ready
  = crm-db is Overlapping (Generated), version 10, issued 2026-10-01T00:00:00Z, next 2026-11-01T01:00:00Z, 0 2 1 * * by Policy/production, previous until 2026-10-03T00:00:00Z
2026-10-03 00:00:00 crm
  > Retire the previous value of Secret crm-db
  = Active, ready
  = crm-db is Fresh (Generated), version 10, issued 2026-10-01T00:00:00Z, next 2026-11-01T01:00:00Z, 0 2 1 * * by Policy/production
2026-11-01 01:00:00 crm
  > Rotate Secret crm-db to version 11, the previous until 2026-11-03T01:00:00Z, due since 2026-11-01T01:00:00Z
  = Rotating, ready
  = crm-db is Overlapping (Generated), version 11, issued 2026-11-01T01:00:00Z, next 2026-12-01T01:00:00Z, 0 2 1 * * by Policy/production, previous until 2026-11-03T01:00:00Z
2026-11-03 01:00:00 crm
  > Retire the previous value of Secret crm-db
  = Active, ready
  = crm-db is Fresh (Generated), version 11, issued 2026-11-01T01:00:00Z, next 2026-12-01T01:00:00Z, 0 2 1 * * by Policy/production
2026-12-01 01:00:00 crm
  > Rotate Secret crm-db to version 12, the previous until 2026-12-03T01:00:00Z, due since 2026-12-01T01:00:00Z
  = Rotating, ready
  = crm-db is Overlapping (Generated), version 12, issued 2026-12-01T01:00:00Z, next 2027-01-01T01:00:00Z, 0 2 1 * * by Policy/production, previous until 2026-12-03T01:00:00Z
2026-12-03 01:00:00 crm
  > Retire the previous value of Secret crm-db
  = Active, ready
  = crm-db is Fresh (Generated), version 12, issued 2026-12-01T01:00:00Z, next 2027-01-01T01:00:00Z, 0 2 1 * * by Policy/production
2027-01-01 01:00:00 crm
  > Rotate Secret crm-db to version 13, the previous until 2027-01-03T01:00:00Z, due since 2027-01-01T01:00:00Z
  = Rotating, ready
  = crm-db is Overlapping (Generated), version 13, issued 2027-01-01T01:00:00Z, next 2027-02-01T01:00:00Z, 0 2 1 * * by Policy/production, previous until 2027-01-03T01:00:00Z
2027-01-03 01:00:00 crm
  > Retire the previous value of Secret crm-db
  = Active, ready
  = crm-db is Fresh (Generated), version 13, issued 2027-01-01T01:00:00Z, next 2027-02-01T01:00:00Z, 0 2 1 * * by Policy/production

until 2027-01-15 09:00:00: 24 looks by the clock, 25 actions
