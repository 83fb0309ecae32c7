# The clock of the node jumps by an hour and by 400 days, ahead and back, and is put right an hour
# later each time. A value that is replaced every day is replaced once by a clock that is ahead, and
# a day after that is right again at the latest; and no value before it stays for a year.
from: 2026-03-02T12:00:00Z
until: 2026-03-12T12:00:00Z
objects:
- apiVersion: credence.dev/v1alpha1
  kind: MachineIdentity
  metadata: {name: crm, uid: crm-323434} # this uid spreads crm-db by nothing
  spec:
    owner: {team: sales-platform, contact: alice@example.com}
    secrets:
    - name: crm-db
      generate: {keys: [{name: password, password: {length: 32}}]}
      rotation: {interval: 24h, overlap: 6h}
events:
- {at: "2026-03-03T20:00:00Z", say: the clock jumps ahead by an hour, clock: "2026-03-03T21:00:00Z"}
- {at: "2026-03-03T22:00:00Z", say: it is put right, clock: "2026-03-03T21:00:00Z"}
- {at: "2026-03-04T20:00:00Z", say: the clock falls back by an hour, clock: "2026-03-04T19:00:00Z"}
- {at: "2026-03-04T20:00:01Z", say: it is put right, clock: "2026-03-04T21:00:00Z"}
- {at: "2026-03-05T20:00:00Z", say: the clock jumps ahead by 400 days, clock: "2027-04-09T20:00:00Z"}
- {at: "2027-04-09T21:00:00Z", say: it is put right, clock: "2026-03-05T21:00:00Z"}
- {at: "2026-03-08T20:00:00Z", say: the clock falls back by 400 days, clock: "2025-02-01T20:00:00Z"}
- {at: "2025-02-01T21:00:00Z", say: it is put right, clock: "2026-03-08T21:00:00Z"}
~~~
2026-03-02 12:00:00 crm
  > Issue Secret crm-db as Opaque with password, version 1, identity=crm, owner=alice@example.com, team=sales-platform
  = Active, ready
  = OwnerSet: alice@example.com answers for this identity
  = crm-db is Fresh (Generated), version 1, issued 2026-03-02T12:00:00Z, next 2026-03-03T12:00:00Z
2026-03-03 12:00:00 crm
  > Rotate Secret crm-db to version 2, the previous until 2026-03-03T18:00:00Z, due since 2026-03-03T12:00:00Z
  = Rotating, ready
  = crm-db is Overlapping (Generated), version 2, issued 2026-03-03T12:00:00Z, next 2026-03-04T12:00:00Z, previous until 2026-03-03T18:00:00Z
2026-03-03 18:00:00 crm
  > Retire the previous value of Secret crm-db
  = Active, ready
  = crm-db is Fresh (Generated), version 2, issued 2026-03-03T12:00:00Z, next 2026-03-04T12:00:00Z
2026-03-03 20:00:00 * the clock jumps ahead by an hour
2026-03-03 22:00:00 * it is put right
2026-03-04 12:00:00 crm
  > Rotate Secret crm-db to version 3, the previous until 2026-03-04T18:00:00Z, due since 2026-03-04T12:00:00Z
  = Rotating, ready
  = crm-db is Overlapping (Generated), version 3, issued 2026-03-04T12:00:00Z, next 2026-03-05T12:00:00Z, previous until 2026-03-04T18:00:00Z
2026-03-04 18:00:00 crm
  > Retire the previous value of Secret crm-db
  = Active, ready
  = crm-db is Fresh (Generated), version 3, issued 2026-03-04T12:00:00Z, next 2026-03-05T12:00:00Z
2026-03-04 20:00:00 * the clock falls back by an hour
2026-03-04 20:00:01 * it is put right
2026-03-05 12:00:00 crm
  > Rotate Secret crm-db to version 4, the previous until 2026-03-05T18:00:00Z, due since 2026-03-05T12:00:00Z
  = Rotating, ready
  = crm-db is Overlapping (Generated), version 4, issued 2026-03-05T12:00:00Z, next 2026-03-06T12:00:00Z, previous until 2026-03-05T18:00:00Z
2026-03-05 18:00:00 crm
  > Retire the previous value of Secret crm-db
  = Active, ready
  = crm-db is Fresh (Generated), version 4, issued 2026-03-05T12:00:00Z, next 2026-03-06T12:00:00Z
2026-03-05 20:00:00 * the clock jumps ahead by 400 days
2027-04-09 20:00:00 crm
  > Rotate Secret crm-db to version 5, the previous until 2027-04-10T02:00:00Z, due since 2026-03-06T12:00:00Z
  = Rotating, ready
  = crm-db is Overlapping (Generated), version 5, issued 2027-04-09T20:00:00Z, next 2027-04-10T20:00:00Z, previous until 2027-04-10T02:00:00Z
2027-04-09 21:00:00 * it is put right
2026-03-05 21:00:00 crm
  > Redate Secret crm-db to 2026-03-05T21:00:00Z, the previous until 2026-03-06T03:00:00Z
  = crm-db is Overlapping (Generated), version 5, issued 2026-03-05T21:00:00Z, next 2026-03-06T21:00:00Z, previous until 2026-03-06T03:00:00Z
2026-03-06 03:00:00 crm
  > Retire the previous value of Secret crm-db
  = Active, ready
  = crm-db is Fresh (Generated), version 5, issued 2026-03-05T21:00:00Z, next 2026-03-06T21:00:00Z
2026-03-06 21:00:00 crm
  > Rotate Secret crm-db to version 6, the previous until 2026-03-07T03:00:00Z, due since 2026-03-06T21:00:00Z
  = Rotating, ready
  = crm-db is Overlapping (Generated), version 6, issued 2026-03-06T21:00:00Z, next 2026-03-07T21:00:00Z, previous until 2026-03-07T03:00:00Z
2026-03-07 03:00:00 crm
  > Retire the previous value of Secret crm-db
  = Active, ready
  = crm-db is Fresh (Generated), version 6, issued 2026-03-06T21:00:00Z, next 2026-03-07T21:00:00Z
2026-03-07 21:00:00 crm
  > Rotate Secret crm-db to version 7, the previous until 2026-03-08T03:00:00Z, due since 2026-03-07T21:00:00Z
  = Rotating, ready
  = crm-db is Overlapping (Generated), version 7, issued 2026-03-07T21:00:00Z, next 2026-03-08T21:00:00Z, previous until 2026-03-08T03:00:00Z
2026-03-08 03:00:00 crm
  > Retire the previous value of Secret crm-db
  = Active, ready
  = crm-db is Fresh (Generated), version 7, issued 2026-03-07T21:00:00Z, next 2026-03-08T21:00:00Z
2026-03-08 20:00:00 * the clock falls back by 400 days
2025-02-01 20:00:00 crm
  > Redate Secret crm-db to 2025-02-01T20:00:00Z
  = crm-db is Fresh (Generated), version 7, issued 2025-02-01T20:00:00Z, next 2025-02-02T20:00:00Z
2025-02-01 21:00:00 * it is put right
2026-03-08 21:00:00 crm
  > Rotate Secret crm-db to version 8, the previous until 2026-03-09T03:00:00Z, due since 2025-02-02T20:00:00Z
  = Rotating, ready
  = crm-db is Overlapping (Generated), version 8, issued 2026-03-08T21:00:00Z, next 2026-03-09T21:00:00Z, previous until 2026-03-09T03:00:00Z
2026-03-09 03:00:00 crm
  > Retire the previous value of Secret crm-db
  = Active, ready
  = crm-db is Fresh (Generated), version 8, issued 2026-03-08T21:00:00Z, next 2026-03-09T21:00:00Z
2026-03-09 21:00:00 crm
  > Rotate Secret crm-db to version 9, the previous until 2026-03-10T03:00:00Z, due since 2026-03-09T21:00:00Z
  = Rotating, ready
  = crm-db is Overlapping (Generated), version 9, issued 2026-03-09T21:00:00Z, next 2026-03-10T21:00:00Z, previous until 2026-03-10T03:00:00Z
2026-03-10 03:00:00 crm
  > Retire the previous value of Secret crm-db
  = Active, ready
  = crm-db is Fresh (Generated), version 9, issued 2026-03-09T21:00:00Z, next 2026-03-10T21:00:00Z
2026-03-10 21:00:00 crm
  > Rotate Secret crm-db to version 10, the previous until 2026-03-11T03:00:00Z, due since 2026-03-10T21:00:00Z
  = Rotating, ready
  = crm-db is Overlapping (Generated), version 10, issued 2026-03-10T21:00:00Z, next 2026-03-11T21:00:00Z, previous until 2026-03-11T03:00:00Z
2026-03-11 03:00:00 crm
  > Retire the previous value of Secret crm-db
  = Active, ready
  = crm-db is Fresh (Generated), version 10, issued 2026-03-10T21:00:00Z, next 2026-03-11T21:00:00Z
2026-03-11 21:00:00 crm
  > Rotate Secret crm-db to version 11, the previous until 2026-03-12T03:00:00Z, due since 2026-03-11T21:00:00Z
  = Rotating, ready
  = crm-db is Overlapping (Generated), version 11, issued 2026-03-11T21:00:00Z, next 2026-03-12T21:00:00Z, previous until 2026-03-12T03:00:00Z
2026-03-12 03:00:00 crm
  > Retire the previous value of Secret crm-db
  = Active, ready
  = crm-db is Fresh (Generated), version 11, issued 2026-03-11T21:00:00Z, next 2026-03-12T21:00:00Z

until 2026-03-12 12:00:00: 18 looks by the clock, 23 actions
