# During an overlap `generate` is changed to something that cannot be made: the value in use stays,
# the one before it goes on time, and the mended text is written beside the value that stays.
from: 2026-03-01T00:00:00Z
until: 2026-03-20T00:00:00Z
objects:
- apiVersion: credence.dev/v1alpha1
  kind: MachineIdentity
  metadata: {name: crm, uid: crm-323434} # this uid spreads crm-db by nothing
  spec:
    owner: {team: sales-platform, contact: alice@example.com}
    secrets:
    - name: crm-db
      generate: {keys: [{name: password, password: {length: 32}}]}
      rotation: {interval: 240h}
events:
- at: 2026-03-11T06:00:00Z
  say: a template with a typing error is added
  apply:
    kind: MachineIdentity
    metadata: {name: crm}
    spec:
      secrets:
      - name: crm-db
        generate: {keys: [{name: password, password: {length: 32}}, {name: url, template: "postgres://crm:{pasword}@db"}]}
        rotation: {interval: 240h}
- at: 2026-03-13T06:00:00Z
  say: the error is mended
  apply:
    kind: MachineIdentity
    metadata: {name: crm}
    spec:
      secrets:
      - name: crm-db
        generate: {keys: [{name: password, password: {length: 32}}, {name: url, template: "postgres://crm:{password}@db"}]}
        rotation: {interval: 240h}
~~~
2026-03-01 00:00:00 crm
  > create Secret crm-db with its first value
  = Active, Ready
  = OwnerAssigned True, OwnerSet: The owner is alice@example.com.
  = crm-db: Generated, Fresh; version 1; issued 2026-03-01 00:00:00; next value 2026-03-11 00:00:00
2026-03-11 00:00:00 crm
  > rotate Secret crm-db, due since 2026-03-11T00:00:00Z
  = Rotating, Ready
  = crm-db: Generated, Overlapping; version 2; issued 2026-03-11 00:00:00; next value 2026-03-21 00:00:00; the previous value stays until 2026-03-12 00:00:00
2026-03-11 06:00:00 * a template with a typing error is added
2026-03-11 06:00:00 crm
  = Rotating, not Ready (RotationBlocked)
  = CredentialsFresh False, RotationBlocked: Secret crm-db: Template url: {pasword} is not a key of this Secret.
  = crm-db: Generated, Blocked; version 2; issued 2026-03-11 00:00:00; next value 2026-03-21 00:00:00; the previous value stays until 2026-03-12 00:00:00; Secret crm-db: Template url: {pasword} is not a key of this Secret.
2026-03-12 00:00:00 crm
  > remove the previous value of Secret crm-db
  = Active, not Ready (RotationBlocked)
  = crm-db: Generated, Blocked; version 2; issued 2026-03-11 00:00:00; next value 2026-03-21 00:00:00; Secret crm-db: Template url: {pasword} is not a key of this Secret.
2026-03-13 06:00:00 * the error is mended
2026-03-13 06:00:00 crm
  > update the fixed texts and templates of Secret crm-db, and keep its secret values
  = Active, Ready
  = crm-db: Generated, Fresh; version 2; issued 2026-03-11 00:00:00; next value 2026-03-21 00:00:00

until 2026-03-20 00:00:00: 2 looks by the clock, 4 actions
