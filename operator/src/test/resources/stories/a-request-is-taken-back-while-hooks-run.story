# New values are asked for, and the request is taken back while their hooks run: what was begun is carried
# through. Then the policy requires an approval, which holds back the next rotation.
from: 2026-03-01T00:00:00Z
until: 2026-03-06T00:00:00Z
objects:
- apiVersion: credence.dev/v1alpha1
  kind: MachineIdentity
  metadata: {name: crm, uid: crm-323434}
  spec:
    owner: {team: sales-platform, contact: alice@example.com}
    secrets:
    - name: crm-db
      generate: {keys: [{name: password, password: {length: 32}}]}
      rotation: {interval: 2400h}
      hooks: {verify: {cronJobName: crm-db-verify, timeout: 5m}}
    - name: crm-api
      generate: {keys: [{name: password, password: {length: 32}}]}
      rotation: {interval: 2400h, overlap: 0s}
      hooks: {verify: {cronJobName: crm-api-verify, timeout: 5m}}
- apiVersion: credence.dev/v1alpha1
  kind: CredentialPolicy
  metadata: {name: production}
  spec: {enforcement: Enforce, rotation: {maxAttempts: 3}}
events:
- at: 2026-03-01T00:00:20Z
  say: the first password opens the database
  apply: {kind: Job, metadata: {name: crm-db-v1-verify-1}, status: {conditions: [{type: Complete, status: "True", lastTransitionTime: "2026-03-01T00:00:20Z"}]}}
- at: 2026-03-01T00:00:20Z
  say: the first key opens the API
  apply: {kind: Job, metadata: {name: crm-api-v1-verify-1}, status: {conditions: [{type: Complete, status: "True", lastTransitionTime: "2026-03-01T00:00:20Z"}]}}
- at: 2026-03-02T09:00:00Z
  say: alice asks for new values
  apply: {kind: MachineIdentity, metadata: {name: crm, annotations: {credence.dev/rotate: ticket-1}}}
- at: 2026-03-02T09:01:00Z
  say: alice takes the request back
  apply: {kind: MachineIdentity, metadata: {name: crm, annotations: {credence.dev/rotate: null}}}
- at: 2026-03-02T09:02:00Z
  say: alice asks for new values again
  apply: {kind: MachineIdentity, metadata: {name: crm, annotations: {credence.dev/rotate: ticket-2}}}
- at: 2026-03-02T09:03:00Z
  say: alice takes the request back again
  apply: {kind: MachineIdentity, metadata: {name: crm, annotations: {credence.dev/rotate: null}}}
- at: 2026-03-02T09:04:00Z
  say: the second password opens the database
  apply: {kind: Job, metadata: {name: crm-db-v2-verify-1}, status: {conditions: [{type: Complete, status: "True", lastTransitionTime: "2026-03-02T09:04:00Z"}]}}
- at: 2026-03-02T09:04:10Z
  say: the second key opens the API
  apply: {kind: Job, metadata: {name: crm-api-v2-verify-1}, status: {conditions: [{type: Complete, status: "True", lastTransitionTime: "2026-03-02T09:04:10Z"}]}}
- at: 2026-03-04T09:00:00Z
  say: the policy requires approvals
  apply: {kind: CredentialPolicy, metadata: {name: production}, spec: {enforcement: Enforce, approval: {required: true}}}
- at: 2026-03-05T09:00:00Z
  say: the policy requires none any more
  apply: {kind: CredentialPolicy, metadata: {name: production}, spec: {enforcement: Enforce, approval: null}}
~~~
2026-03-01 00:00:00 crm
  > generate and stage the next value of Secret crm-db
  > generate and stage the next value of Secret crm-api
  = Provisioning, not Ready (RotationDue)
  = OwnerAssigned True, OwnerSet: The owner is alice@example.com.
  = MembersLinked False, MemberMissing: Secret crm-db is not created yet. Secret crm-api is not created yet.
  = CredentialsFresh False, RotationDue: Secret crm-db: Version 1 is staged. Secret crm-api: Version 1 is staged.
  = crm-db: Generated, Verifying; Version 1 is staged.
  = crm-api: Generated, Verifying; Version 1 is staged.
2026-03-01 00:00:00 crm
  > start the verify hook of Secret crm-db: CronJob crm-db-verify
  > start the verify hook of Secret crm-api: CronJob crm-api-verify
  = CredentialsFresh False, RotationDue: Secret crm-db: Version 1: waiting for Job crm-db-v1-verify-1. Secret crm-api: Version 1: waiting for Job crm-api-v1-verify-1.
  = crm-db: Generated, Verifying; Version 1: waiting for Job crm-db-v1-verify-1.
  = crm-api: Generated, Verifying; Version 1: waiting for Job crm-api-v1-verify-1.
2026-03-01 00:00:20 * the first password opens the database
2026-03-01 00:00:20 crm
  > activate the verified value of Secret crm-db, since a user requested it
  = MembersLinked False, MemberMissing: Secret crm-api is not created yet.
  = CredentialsFresh False, RotationDue: Secret crm-api: Version 1: waiting for Job crm-api-v1-verify-1.
  = crm-db: Generated, Fresh; version 1; issued 2026-03-01 00:00:20; next value 2026-06-09 00:00:20
2026-03-01 00:00:20 crm
  > delete Secret crm-db-pending, since its value is active, or no longer requested
2026-03-01 00:00:20 crm
  > delete Job crm-db-v1-verify-1, since its value is settled
2026-03-01 00:00:20 * the first key opens the API
2026-03-01 00:00:20 crm
  > activate the verified value of Secret crm-api, since a user requested it
  = Active, Ready
  = crm-api: Generated, Fresh; version 1; issued 2026-03-01 00:00:20; next value 2026-06-08 23:30:37
2026-03-01 00:00:20 crm
  > delete Secret crm-api-pending, since its value is active, or no longer requested
2026-03-01 00:00:20 crm
  > delete Job crm-api-v1-verify-1, since its value is settled
2026-03-02 09:00:00 * alice asks for new values
2026-03-02 09:00:00 crm
  > generate and stage the next value of Secret crm-db
  > generate and stage the next value of Secret crm-api
  = Rotating, Ready
  = CredentialsFresh False, RotationDue: Secret crm-db: Version 2 is staged. Secret crm-api: Version 2 is staged.
  = crm-db: Generated, Verifying; version 1; issued 2026-03-01 00:00:20; next value 2026-06-09 00:00:20; Version 2 is staged.
  = crm-api: Generated, Verifying; version 1; issued 2026-03-01 00:00:20; next value 2026-06-08 23:30:37; Version 2 is staged.
2026-03-02 09:00:00 crm
  > start the verify hook of Secret crm-db: CronJob crm-db-verify
  > start the verify hook of Secret crm-api: CronJob crm-api-verify
  = CredentialsFresh False, RotationDue: Secret crm-db: Version 2: waiting for Job crm-db-v2-verify-1. Secret crm-api: Version 2: waiting for Job crm-api-v2-verify-1.
  = crm-db: Generated, Verifying; version 1; issued 2026-03-01 00:00:20; next value 2026-06-09 00:00:20; Version 2: waiting for Job crm-db-v2-verify-1.
  = crm-api: Generated, Verifying; version 1; issued 2026-03-01 00:00:20; next value 2026-06-08 23:30:37; Version 2: waiting for Job crm-api-v2-verify-1.
2026-03-02 09:01:00 * alice takes the request back
2026-03-02 09:02:00 * alice asks for new values again
2026-03-02 09:03:00 * alice takes the request back again
2026-03-02 09:04:00 * the second password opens the database
2026-03-02 09:04:00 crm
  > activate the verified value of Secret crm-db, since a user requested it
  = CredentialsFresh False, RotationDue: Secret crm-api: Version 2: waiting for Job crm-api-v2-verify-1.
  = crm-db: Generated, Overlapping; version 2; issued 2026-03-02 09:04:00; next value 2026-06-10 09:04:00; the previous value stays until 2026-03-03 09:04:00
2026-03-02 09:04:00 crm
  > delete Secret crm-db-pending, since its value is active, or no longer requested
2026-03-02 09:04:00 crm
  > delete Job crm-db-v2-verify-1, since its value is settled
2026-03-02 09:04:10 * the second key opens the API
2026-03-02 09:04:10 crm
  > activate the verified value of Secret crm-api, since a user requested it
  = crm-api: Generated, Restarting; version 2; issued 2026-03-02 09:04:10; next value 2026-06-10 08:34:27
2026-03-02 09:04:10 crm
  > record on Secret crm-api that all consumers use the current value
  > delete Secret crm-api-pending, since its value is active, or no longer requested
  = crm-api: Generated, Fresh; version 2; issued 2026-03-02 09:04:10; next value 2026-06-10 08:34:27
2026-03-02 09:04:10 crm
  > delete Job crm-api-v2-verify-1, since its value is settled
2026-03-03 09:04:00 crm
  > remove the previous value of Secret crm-db
  = Active, Ready
  = crm-db: Generated, Fresh; version 2; issued 2026-03-02 09:04:00; next value 2026-06-10 09:04:00
2026-03-04 09:00:00 * the policy requires approvals
2026-03-04 09:00:00 crm
  = Requested, not Ready (ApprovalPending)
  = Approved False, ApprovalPending: Policy production requires an approval of scope fa8c79d94e8bfec0fa34f74826816071a1b2c3d4. A user with the verb `approve`, other than the requester, must set the annotation credence.dev/approve='<own name> fa8c79d94e8bfec0fa34f74826816071a1b2c3d4'.
  = crm-db: Generated, Fresh; version 2; issued 2026-03-02 09:04:00; Not rotated: scope fa8c79d94e8bfec0fa34f74826816071a1b2c3d4 is not approved.
  = crm-api: Generated, Fresh; version 2; issued 2026-03-02 09:04:10; Not rotated: scope fa8c79d94e8bfec0fa34f74826816071a1b2c3d4 is not approved.
2026-03-05 09:00:00 * the policy requires none any more
2026-03-05 09:00:00 crm
  = Active, Ready
  = crm-db: Generated, Fresh; version 2; issued 2026-03-02 09:04:00; next value 2026-06-10 09:04:00
  = crm-api: Generated, Fresh; version 2; issued 2026-03-02 09:04:10; next value 2026-06-10 08:34:27

until 2026-03-06 00:00:00: 1 looks by the clock, 22 actions
