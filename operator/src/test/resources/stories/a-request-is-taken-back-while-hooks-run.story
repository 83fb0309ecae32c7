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
  > make the next value of Secret crm-db and keep it aside
  > make the next value of Secret crm-api and keep it aside
  = Provisioning, not Ready (RotationDue)
  = OwnerAssigned True, OwnerSet: alice@example.com answers for this identity
  = MembersLinked False, MemberMissing: Secret crm-db is not made yet; Secret crm-api is not made yet
  = CredentialsFresh False, RotationDue: crm-db: version 1 is staged; crm-api: version 1 is staged
  = crm-db: Generated, Verifying; version 1 is staged
  = crm-api: Generated, Verifying; version 1 is staged
2026-03-01 00:00:00 crm
  > start the verify hook of Secret crm-db: CronJob crm-db-verify
  > start the verify hook of Secret crm-api: CronJob crm-api-verify
  = CredentialsFresh False, RotationDue: crm-db: version 1: waiting for Job crm-db-v1-verify-1; crm-api: version 1: waiting for Job crm-api-v1-verify-1
  = crm-db: Generated, Verifying; version 1: waiting for Job crm-db-v1-verify-1
  = crm-api: Generated, Verifying; version 1: waiting for Job crm-api-v1-verify-1
2026-03-01 00:00:20 * the first password opens the database
2026-03-01 00:00:20 crm
  > put the proven value into Secret crm-db, since somebody asked for it
  = MembersLinked False, MemberMissing: Secret crm-api is not made yet
  = CredentialsFresh False, RotationDue: crm-api: version 1: waiting for Job crm-api-v1-verify-1
  = crm-db: Generated, Fresh; version 1; issued 2026-03-01 00:00:20; next value 2026-06-09 00:00:20
2026-03-01 00:00:20 crm
  > delete Secret crm-db-pending: its value is in place, or no longer wanted
2026-03-01 00:00:20 crm
  > delete Job crm-db-v1-verify-1: its value is settled
2026-03-01 00:00:20 * the first key opens the API
2026-03-01 00:00:20 crm
  > put the proven value into Secret crm-api, since somebody asked for it
  = Active, Ready
  = crm-api: Generated, Fresh; version 1; issued 2026-03-01 00:00:20; next value 2026-06-08 23:30:37
2026-03-01 00:00:20 crm
  > delete Secret crm-api-pending: its value is in place, or no longer wanted
2026-03-01 00:00:20 crm
  > delete Job crm-api-v1-verify-1: its value is settled
2026-03-02 09:00:00 * alice asks for new values
2026-03-02 09:00:00 crm
  > make the next value of Secret crm-db and keep it aside
  > make the next value of Secret crm-api and keep it aside
  = Rotating, Ready
  = CredentialsFresh False, RotationDue: crm-db: version 2 is staged; crm-api: version 2 is staged
  = crm-db: Generated, Verifying; version 1; issued 2026-03-01 00:00:20; next value 2026-06-09 00:00:20; version 2 is staged
  = crm-api: Generated, Verifying; version 1; issued 2026-03-01 00:00:20; next value 2026-06-08 23:30:37; version 2 is staged
2026-03-02 09:00:00 crm
  > start the verify hook of Secret crm-db: CronJob crm-db-verify
  > start the verify hook of Secret crm-api: CronJob crm-api-verify
  = CredentialsFresh False, RotationDue: crm-db: version 2: waiting for Job crm-db-v2-verify-1; crm-api: version 2: waiting for Job crm-api-v2-verify-1
  = crm-db: Generated, Verifying; version 1; issued 2026-03-01 00:00:20; next value 2026-06-09 00:00:20; version 2: waiting for Job crm-db-v2-verify-1
  = crm-api: Generated, Verifying; version 1; issued 2026-03-01 00:00:20; next value 2026-06-08 23:30:37; version 2: waiting for Job crm-api-v2-verify-1
2026-03-02 09:01:00 * alice takes the request back
2026-03-02 09:02:00 * alice asks for new values again
2026-03-02 09:03:00 * alice takes the request back again
2026-03-02 09:04:00 * the second password opens the database
2026-03-02 09:04:00 crm
  > put the proven value into Secret crm-db, since somebody asked for it
  = CredentialsFresh False, RotationDue: crm-api: version 2: waiting for Job crm-api-v2-verify-1
  = crm-db: Generated, Overlapping; version 2; issued 2026-03-02 09:04:00; next value 2026-06-10 09:04:00; the previous value stays until 2026-03-03 09:04:00
2026-03-02 09:04:00 crm
  > delete Secret crm-db-pending: its value is in place, or no longer wanted
2026-03-02 09:04:00 crm
  > delete Job crm-db-v2-verify-1: its value is settled
2026-03-02 09:04:10 * the second key opens the API
2026-03-02 09:04:10 crm
  > put the proven value into Secret crm-api, since somebody asked for it
  = crm-api: Generated, Restarting; version 2; issued 2026-03-02 09:04:10; next value 2026-06-10 08:34:27
2026-03-02 09:04:10 crm
  > write on Secret crm-api that all its consumers have moved
  > delete Secret crm-api-pending: its value is in place, or no longer wanted
  = crm-api: Generated, Fresh; version 2; issued 2026-03-02 09:04:10; next value 2026-06-10 08:34:27
2026-03-02 09:04:10 crm
  > delete Job crm-api-v2-verify-1: its value is settled
2026-03-03 09:04:00 crm
  > take the previous value of Secret crm-db away
  = Active, Ready
  = crm-db: Generated, Fresh; version 2; issued 2026-03-02 09:04:00; next value 2026-06-10 09:04:00
2026-03-04 09:00:00 * the policy requires approvals
2026-03-04 09:00:00 crm
  = Requested, not Ready (ApprovalPending)
  = Approved False, ApprovalPending: policy production asks for an approval of scope fa8c79d94e8bfec0fa34f74826816071a1b2c3d4: somebody with the right to `approve`, who did not ask for it, annotates credence.dev/approve='<own name> fa8c79d94e8bfec0fa34f74826816071a1b2c3d4'
  = crm-db: Generated, Fresh; version 2; issued 2026-03-02 09:04:00; not rotated: scope fa8c79d94e8bfec0fa34f74826816071a1b2c3d4 is not approved
  = crm-api: Generated, Fresh; version 2; issued 2026-03-02 09:04:10; not rotated: scope fa8c79d94e8bfec0fa34f74826816071a1b2c3d4 is not approved
2026-03-05 09:00:00 * the policy requires none any more
2026-03-05 09:00:00 crm
  = Active, Ready
  = crm-db: Generated, Fresh; version 2; issued 2026-03-02 09:04:00; next value 2026-06-10 09:04:00
  = crm-api: Generated, Fresh; version 2; issued 2026-03-02 09:04:10; next value 2026-06-10 08:34:27

until 2026-03-06 00:00:00: 1 looks by the clock, 22 actions
