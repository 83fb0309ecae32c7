# The operator is down from Friday evening to Monday morning: a value that is replaced every day
# is replaced once when it is back, and the value before that stays for its overlap.
from: 2026-03-05T12:00:00Z
until: 2026-03-11T00:00:00Z
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
- {at: "2026-03-06T14:00:00Z", say: the node of the operator fails, operator: down}
- {at: "2026-03-09T08:00:00Z", say: somebody comes to work, operator: up}
~~~
2026-03-05 12:00:00 crm
  > create Secret crm-db with its first value
  = Active, Ready
  = OwnerAssigned True, OwnerSet: The owner is alice@example.com.
  = crm-db: Generated, Fresh; version 1; issued 2026-03-05 12:00:00; next value 2026-03-06 12:00:00
2026-03-06 12:00:00 crm
  > rotate Secret crm-db, due since 2026-03-06T12:00:00Z
  = Rotating, Ready
  = crm-db: Generated, Overlapping; version 2; issued 2026-03-06 12:00:00; next value 2026-03-07 12:00:00; the previous value stays until 2026-03-06 18:00:00
2026-03-06 14:00:00 * the node of the operator fails
2026-03-09 08:00:00 * somebody comes to work
2026-03-09 08:00:00 crm
  > rotate Secret crm-db, due since 2026-03-07T12:00:00Z
  = crm-db: Generated, Overlapping; version 3; issued 2026-03-09 08:00:00; next value 2026-03-10 08:00:00; the previous value stays until 2026-03-09 14:00:00
2026-03-09 14:00:00 crm
  > remove the previous value of Secret crm-db
  = Active, Ready
  = crm-db: Generated, Fresh; version 3; issued 2026-03-09 08:00:00; next value 2026-03-10 08:00:00
2026-03-10 08:00:00 crm
  > rotate Secret crm-db, due since 2026-03-10T08:00:00Z
  = Rotating, Ready
  = crm-db: Generated, Overlapping; version 4; issued 2026-03-10 08:00:00; next value 2026-03-11 08:00:00; the previous value stays until 2026-03-10 14:00:00
2026-03-10 14:00:00 crm
  > remove the previous value of Secret crm-db
  = Active, Ready
  = crm-db: Generated, Fresh; version 4; issued 2026-03-10 08:00:00; next value 2026-03-11 08:00:00

until 2026-03-11 00:00:00: 4 looks by the clock, 6 actions
