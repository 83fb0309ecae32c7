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
  > Issue Secret crm-db as Opaque with password, version 1, identity=crm, owner=alice@example.com, team=sales-platform
  = Active, ready
  = OwnerSet: alice@example.com answers for this identity
  = crm-db is Fresh (Generated), version 1, issued 2026-03-01T00:00:00Z, next 2026-03-11T00:00:00Z
2026-03-11 00:00:00 crm
  > Rotate Secret crm-db to version 2, the previous until 2026-03-12T00:00:00Z, due since 2026-03-11T00:00:00Z
  = Rotating, ready
  = crm-db is Overlapping (Generated), version 2, issued 2026-03-11T00:00:00Z, next 2026-03-21T00:00:00Z, previous until 2026-03-12T00:00:00Z
2026-03-11 06:00:00 * a template with a typing error is added
2026-03-11 06:00:00 crm
  = Rotating, not ready
  = RotationBlocked: crm-db: template url: {pasword} is not a key of this Secret
  = crm-db is Blocked (Generated), version 2, issued 2026-03-11T00:00:00Z, next 2026-03-21T00:00:00Z, previous until 2026-03-12T00:00:00Z; crm-db: template url: {pasword} is not a key of this Secret
2026-03-12 00:00:00 crm
  > Retire the previous value of Secret crm-db
  = Active, not ready
  = crm-db is Blocked (Generated), version 2, issued 2026-03-11T00:00:00Z, next 2026-03-21T00:00:00Z; crm-db: template url: {pasword} is not a key of this Secret
2026-03-13 06:00:00 * the error is mended
2026-03-13 06:00:00 crm
  > Reword Secret crm-db: url
  = Active, ready
  = crm-db is Fresh (Generated), version 2, issued 2026-03-11T00:00:00Z, next 2026-03-21T00:00:00Z

until 2026-03-20 00:00:00: 2 looks by the clock, 4 actions
