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
  > create Secret crm-db with its first value
  = Active, Ready
  = OwnerAssigned True, OwnerSet: The owner is alice@example.com.
  = crm-db: Generated, Fresh; version 1; issued 2026-03-02 12:00:00; next value 2026-03-03 12:00:00
2026-03-03 12:00:00 crm
  > rotate Secret crm-db, due since 2026-03-03T12:00:00Z
  = Rotating, Ready
  = crm-db: Generated, Overlapping; version 2; issued 2026-03-03 12:00:00; next value 2026-03-04 12:00:00; the previous value stays until 2026-03-03 18:00:00
2026-03-03 18:00:00 crm
  > remove the previous value of Secret crm-db
  = Active, Ready
  = crm-db: Generated, Fresh; version 2; issued 2026-03-03 12:00:00; next value 2026-03-04 12:00:00
2026-03-03 20:00:00 * the clock jumps ahead by an hour
2026-03-03 22:00:00 * it is put right
2026-03-04 12:00:00 crm
  > rotate Secret crm-db, due since 2026-03-04T12:00:00Z
  = Rotating, Ready
  = crm-db: Generated, Overlapping; version 3; issued 2026-03-04 12:00:00; next value 2026-03-05 12:00:00; the previous value stays until 2026-03-04 18:00:00
2026-03-04 18:00:00 crm
  > remove the previous value of Secret crm-db
  = Active, Ready
  = crm-db: Generated, Fresh; version 3; issued 2026-03-04 12:00:00; next value 2026-03-05 12:00:00
2026-03-04 20:00:00 * the clock falls back by an hour
2026-03-04 20:00:01 * it is put right
2026-03-05 12:00:00 crm
  > rotate Secret crm-db, due since 2026-03-05T12:00:00Z
  = Rotating, Ready
  = crm-db: Generated, Overlapping; version 4; issued 2026-03-05 12:00:00; next value 2026-03-06 12:00:00; the previous value stays until 2026-03-05 18:00:00
2026-03-05 18:00:00 crm
  > remove the previous value of Secret crm-db
  = Active, Ready
  = crm-db: Generated, Fresh; version 4; issued 2026-03-05 12:00:00; next value 2026-03-06 12:00:00
2026-03-05 20:00:00 * the clock jumps ahead by 400 days
2027-04-09 20:00:00 crm
  > rotate Secret crm-db, due since 2026-03-06T12:00:00Z
  = Rotating, Ready
  = crm-db: Generated, Overlapping; version 5; issued 2027-04-09 20:00:00; next value 2027-04-10 20:00:00; the previous value stays until 2027-04-10 02:00:00
2027-04-09 21:00:00 * it is put right
2026-03-05 21:00:00 crm
  > reset the time of issue of Secret crm-db, which is in the future
  = crm-db: Generated, Overlapping; version 5; issued 2026-03-05 21:00:00; next value 2026-03-06 21:00:00; the previous value stays until 2026-03-06 03:00:00
2026-03-06 03:00:00 crm
  > remove the previous value of Secret crm-db
  = Active, Ready
  = crm-db: Generated, Fresh; version 5; issued 2026-03-05 21:00:00; next value 2026-03-06 21:00:00
2026-03-06 21:00:00 crm
  > rotate Secret crm-db, due since 2026-03-06T21:00:00Z
  = Rotating, Ready
  = crm-db: Generated, Overlapping; version 6; issued 2026-03-06 21:00:00; next value 2026-03-07 21:00:00; the previous value stays until 2026-03-07 03:00:00
2026-03-07 03:00:00 crm
  > remove the previous value of Secret crm-db
  = Active, Ready
  = crm-db: Generated, Fresh; version 6; issued 2026-03-06 21:00:00; next value 2026-03-07 21:00:00
2026-03-07 21:00:00 crm
  > rotate Secret crm-db, due since 2026-03-07T21:00:00Z
  = Rotating, Ready
  = crm-db: Generated, Overlapping; version 7; issued 2026-03-07 21:00:00; next value 2026-03-08 21:00:00; the previous value stays until 2026-03-08 03:00:00
2026-03-08 03:00:00 crm
  > remove the previous value of Secret crm-db
  = Active, Ready
  = crm-db: Generated, Fresh; version 7; issued 2026-03-07 21:00:00; next value 2026-03-08 21:00:00
2026-03-08 20:00:00 * the clock falls back by 400 days
2025-02-01 20:00:00 crm
  > reset the time of issue of Secret crm-db, which is in the future
  = crm-db: Generated, Fresh; version 7; issued 2025-02-01 20:00:00; next value 2025-02-02 20:00:00
2025-02-01 21:00:00 * it is put right
2026-03-08 21:00:00 crm
  > rotate Secret crm-db, due since 2025-02-02T20:00:00Z
  = Rotating, Ready
  = crm-db: Generated, Overlapping; version 8; issued 2026-03-08 21:00:00; next value 2026-03-09 21:00:00; the previous value stays until 2026-03-09 03:00:00
2026-03-09 03:00:00 crm
  > remove the previous value of Secret crm-db
  = Active, Ready
  = crm-db: Generated, Fresh; version 8; issued 2026-03-08 21:00:00; next value 2026-03-09 21:00:00
2026-03-09 21:00:00 crm
  > rotate Secret crm-db, due since 2026-03-09T21:00:00Z
  = Rotating, Ready
  = crm-db: Generated, Overlapping; version 9; issued 2026-03-09 21:00:00; next value 2026-03-10 21:00:00; the previous value stays until 2026-03-10 03:00:00
2026-03-10 03:00:00 crm
  > remove the previous value of Secret crm-db
  = Active, Ready
  = crm-db: Generated, Fresh; version 9; issued 2026-03-09 21:00:00; next value 2026-03-10 21:00:00
2026-03-10 21:00:00 crm
  > rotate Secret crm-db, due since 2026-03-10T21:00:00Z
  = Rotating, Ready
  = crm-db: Generated, Overlapping; version 10; issued 2026-03-10 21:00:00; next value 2026-03-11 21:00:00; the previous value stays until 2026-03-11 03:00:00
2026-03-11 03:00:00 crm
  > remove the previous value of Secret crm-db
  = Active, Ready
  = crm-db: Generated, Fresh; version 10; issued 2026-03-10 21:00:00; next value 2026-03-11 21:00:00
2026-03-11 21:00:00 crm
  > rotate Secret crm-db, due since 2026-03-11T21:00:00Z
  = Rotating, Ready
  = crm-db: Generated, Overlapping; version 11; issued 2026-03-11 21:00:00; next value 2026-03-12 21:00:00; the previous value stays until 2026-03-12 03:00:00
2026-03-12 03:00:00 crm
  > remove the previous value of Secret crm-db
  = Active, Ready
  = crm-db: Generated, Fresh; version 11; issued 2026-03-11 21:00:00; next value 2026-03-12 21:00:00

until 2026-03-12 12:00:00: 18 looks by the clock, 23 actions
