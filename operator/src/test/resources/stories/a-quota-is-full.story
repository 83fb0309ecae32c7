# The API server refuses a first value and later a rotation. Both are tried again every minute; the
# previous value still goes when it was said to go.
from: 2026-03-01T00:00:00Z
until: 2026-03-04T00:00:00Z
objects:
- apiVersion: credence.dev/v1alpha1
  kind: MachineIdentity
  metadata: {name: crm, uid: crm-323434} # this uid spreads crm-db by nothing
  spec:
    owner: {team: sales-platform, contact: alice@example.com}
events:
- at: 2026-03-01T08:00:00Z
  say: the quota of the namespace is used up
  refuse: {kind: Secret, name: crm-db}
  message: "Secret crm-db: The API server rejected the request to create it (403): exceeded quota"
- at: 2026-03-01T09:00:00Z
  say: a generated Secret is wanted
  apply:
    kind: MachineIdentity
    metadata: {name: crm}
    spec:
      secrets:
      - name: crm-db
        generate: {keys: [{name: password, password: {length: 32}}]}
        rotation: {interval: 24h, overlap: 1h}
- {at: "2026-03-01T09:02:30Z", say: the quota is raised, allow: {kind: Secret, name: crm-db}}
- at: 2026-03-02T09:30:00Z
  say: a webhook refuses every update
  refuse: {kind: Secret, name: crm-db}
  message: "Secret crm-db: The API server rejected the request to update it (403): denied by a webhook"
- {at: "2026-03-02T10:04:30Z", say: the webhook is mended, allow: {kind: Secret, name: crm-db}}
~~~
2026-03-01 00:00:00 crm
  = Active, Ready
  = OwnerAssigned True, OwnerSet: The owner is alice@example.com.
2026-03-01 08:00:00 * the quota of the namespace is used up
2026-03-01 09:00:00 * a generated Secret is wanted
2026-03-01 09:00:00 crm
  > create Secret crm-db with its first value
  ! Secret crm-db: The API server rejected the request to create it (403): exceeded quota
  = Provisioning, not Ready (RotationBlocked)
  = MembersLinked False, MemberMissing: Secret crm-db is not created yet.
  = CredentialsFresh False, RotationBlocked: Secret crm-db: The API server rejected the request to create it (403): exceeded quota.
  = crm-db: Generated, Blocked; Secret crm-db: The API server rejected the request to create it (403): exceeded quota.
2026-03-01 09:01:00 crm
  > create Secret crm-db with its first value
  ! Secret crm-db: The API server rejected the request to create it (403): exceeded quota
2026-03-01 09:02:00 crm
  > create Secret crm-db with its first value
  ! Secret crm-db: The API server rejected the request to create it (403): exceeded quota
2026-03-01 09:02:30 * the quota is raised
2026-03-01 09:03:00 crm
  > create Secret crm-db with its first value
  = Active, Ready
  = crm-db: Generated, Fresh; version 1; issued 2026-03-01 09:03:00; next value 2026-03-02 09:03:00
2026-03-02 09:03:00 crm
  > rotate Secret crm-db, due since 2026-03-02T09:03:00Z
  = Rotating, Ready
  = crm-db: Generated, Overlapping; version 2; issued 2026-03-02 09:03:00; next value 2026-03-03 09:03:00; the previous value stays until 2026-03-02 10:03:00
2026-03-02 09:30:00 * a webhook refuses every update
2026-03-02 10:03:00 crm
  > remove the previous value of Secret crm-db
  ! Secret crm-db: The API server rejected the request to update it (403): denied by a webhook
  = Rotating, not Ready (RotationBlocked)
  = CredentialsFresh False, RotationBlocked: Secret crm-db: The API server rejected the request to update it (403): denied by a webhook.
  = crm-db: Generated, Retiring; version 2; issued 2026-03-02 09:03:00; next value 2026-03-03 09:03:00; the previous value stays until 2026-03-02 10:03:00
2026-03-02 10:04:00 crm
  > remove the previous value of Secret crm-db
  ! Secret crm-db: The API server rejected the request to update it (403): denied by a webhook
2026-03-02 10:04:30 * the webhook is mended
2026-03-02 10:05:00 crm
  > remove the previous value of Secret crm-db
  = Active, Ready
  = crm-db: Generated, Fresh; version 2; issued 2026-03-02 09:03:00; next value 2026-03-03 09:03:00
2026-03-03 09:03:00 crm
  > rotate Secret crm-db, due since 2026-03-03T09:03:00Z
  = Rotating, Ready
  = crm-db: Generated, Overlapping; version 3; issued 2026-03-03 09:03:00; next value 2026-03-04 09:03:00; the previous value stays until 2026-03-03 10:03:00
2026-03-03 10:03:00 crm
  > remove the previous value of Secret crm-db
  = Active, Ready
  = crm-db: Generated, Fresh; version 3; issued 2026-03-03 09:03:00; next value 2026-03-04 09:03:00

until 2026-03-04 00:00:00: 9 looks by the clock, 10 actions
