# A request is answered once. The next one within ten seconds waits, the same one again does
# nothing, and each takes the place of the value before.
from: 2026-03-01T00:00:00Z
until: 2026-03-04T00:00:00Z
objects:
- apiVersion: credence.dev/v1alpha1
  kind: MachineIdentity
  metadata: {name: crm, uid: crm-323434} # this uid spreads crm-db by nothing
  spec:
    owner: {team: sales-platform, contact: alice@example.com}
    secrets:
    - name: crm-db
      generate: {keys: [{name: password, password: {length: 32}}]}
events:
- at: 2026-03-02T10:00:00Z
  say: a new value is asked for
  apply: {kind: MachineIdentity, metadata: {name: crm, annotations: {credence.dev/rotate: now}}}
- at: 2026-03-02T10:00:03Z
  say: and another, on the Secret
  apply: {kind: Secret, metadata: {name: crm-db, annotations: {credence.dev/rotate: really}}}
- at: 2026-03-02T10:00:04Z
  say: and on the identity again
  apply: {kind: MachineIdentity, metadata: {name: crm, annotations: {credence.dev/rotate: please}}}
- at: 2026-03-02T11:00:00Z
  say: the request is taken back
  apply: {kind: MachineIdentity, metadata: {name: crm, annotations: {credence.dev/rotate: null}}}
- at: 2026-03-02T12:00:00Z
  say: and made again in the same words
  apply: {kind: MachineIdentity, metadata: {name: crm, annotations: {credence.dev/rotate: please}}}
~~~
2026-03-01 00:00:00 crm
  > create Secret crm-db with its first value
  = Active, Ready
  = OwnerAssigned True, OwnerSet: The owner is alice@example.com.
  = crm-db: Generated, Fresh; version 1; issued 2026-03-01 00:00:00
2026-03-02 10:00:00 * a new value is asked for
2026-03-02 10:00:00 crm
  > rotate Secret crm-db, since a user requested it
  = Rotating, Ready
  = crm-db: Generated, Overlapping; version 2; issued 2026-03-02 10:00:00; the previous value stays until 2026-03-03 10:00:00
2026-03-02 10:00:03 * and another, on the Secret
2026-03-02 10:00:03 crm
  > remove the previous value of Secret crm-db
  = Active, Ready
  = CredentialsFresh False, RotationDue: Secret crm-db: Rotated at most every 10s. The next rotation is at 2026-03-02T10:00:10Z.
  = crm-db: Generated, Due; version 2; issued 2026-03-02 10:00:00; Rotated at most every 10s. The next rotation is at 2026-03-02T10:00:10Z.
2026-03-02 10:00:04 * and on the identity again
2026-03-02 10:00:10 crm
  > rotate Secret crm-db, since a user requested it
  = Rotating, Ready
  = crm-db: Generated, Overlapping; version 3; issued 2026-03-02 10:00:10; the previous value stays until 2026-03-03 10:00:10
2026-03-02 11:00:00 * the request is taken back
2026-03-02 12:00:00 * and made again in the same words
2026-03-03 10:00:10 crm
  > remove the previous value of Secret crm-db
  = Active, Ready
  = crm-db: Generated, Fresh; version 3; issued 2026-03-02 10:00:10

until 2026-03-04 00:00:00: 2 looks by the clock, 5 actions
