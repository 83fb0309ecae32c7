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
  > Stage in Secret crm-db-pending the first value of Secret crm-db with password, version 1
  > Stage in Secret crm-api-pending the first value of Secret crm-api with password, version 1
  = Provisioning, not ready
  = OwnerSet: alice@example.com answers for this identity
  = MemberMissing: Secret crm-db is not made yet; Secret crm-api is not made yet
  = RotationDue: crm-db: version 1 is staged; crm-api: version 1 is staged
  = crm-db is Verifying (Generated); version 1 is staged
  = crm-api is Verifying (Generated); version 1 is staged
2026-03-01 00:00:00 crm
  > Run Job crm-db-v1-verify-1 from CronJob crm-db-verify for version 1 of Secret crm-db, in crm-db-pending under <key>, at most 300s
  > Run Job crm-api-v1-verify-1 from CronJob crm-api-verify for version 1 of Secret crm-api, in crm-api-pending under <key>, at most 300s
  = RotationDue: crm-db: version 1: waiting for Job crm-db-v1-verify-1; crm-api: version 1: waiting for Job crm-api-v1-verify-1
  = crm-db is Verifying (Generated); version 1: waiting for Job crm-db-v1-verify-1
  = crm-api is Verifying (Generated); version 1: waiting for Job crm-api-v1-verify-1
2026-03-01 00:00:20 * the first password opens the database
2026-03-01 00:00:20 crm
  > Create Secret crm-db from Secret crm-db-pending, version 1
  = MemberMissing: Secret crm-api is not made yet
  = RotationDue: crm-api: version 1: waiting for Job crm-api-v1-verify-1
  = crm-db is Fresh (Generated), version 1, issued 2026-03-01T00:00:20Z, next 2026-06-09T00:00:20Z
2026-03-01 00:00:20 crm
  > Remove Secret crm-db-pending: its value is in place, or no longer wanted
2026-03-01 00:00:20 crm
  > Remove Job crm-db-v1-verify-1: its value is settled
2026-03-01 00:00:20 * the first key opens the API
2026-03-01 00:00:20 crm
  > Create Secret crm-api from Secret crm-api-pending, version 1
  = Active, ready
  = crm-api is Fresh (Generated), version 1, issued 2026-03-01T00:00:20Z, next 2026-06-08T23:30:37Z
2026-03-01 00:00:20 crm
  > Remove Secret crm-api-pending: its value is in place, or no longer wanted
2026-03-01 00:00:20 crm
  > Remove Job crm-api-v1-verify-1: its value is settled
2026-03-02 09:00:00 * alice asks for new values
2026-03-02 09:00:00 crm
  > Stage in Secret crm-db-pending the next value of Secret crm-db with password, version 2, for the identity's request ticket-1
  > Stage in Secret crm-api-pending the next value of Secret crm-api with password, version 2, for the identity's request ticket-1
  = Rotating, ready
  = RotationDue: crm-db: version 2 is staged; crm-api: version 2 is staged
  = crm-db is Verifying (Generated), version 1, issued 2026-03-01T00:00:20Z, next 2026-06-09T00:00:20Z; version 2 is staged
  = crm-api is Verifying (Generated), version 1, issued 2026-03-01T00:00:20Z, next 2026-06-08T23:30:37Z; version 2 is staged
2026-03-02 09:00:00 crm
  > Run Job crm-db-v2-verify-1 from CronJob crm-db-verify for version 2 of Secret crm-db, in crm-db-pending under <key>, at most 300s
  > Run Job crm-api-v2-verify-1 from CronJob crm-api-verify for version 2 of Secret crm-api, in crm-api-pending under <key>, at most 300s
  = RotationDue: crm-db: version 2: waiting for Job crm-db-v2-verify-1; crm-api: version 2: waiting for Job crm-api-v2-verify-1
  = crm-db is Verifying (Generated), version 1, issued 2026-03-01T00:00:20Z, next 2026-06-09T00:00:20Z; version 2: waiting for Job crm-db-v2-verify-1
  = crm-api is Verifying (Generated), version 1, issued 2026-03-01T00:00:20Z, next 2026-06-08T23:30:37Z; version 2: waiting for Job crm-api-v2-verify-1
2026-03-02 09:01:00 * alice takes the request back
2026-03-02 09:02:00 * alice asks for new values again
2026-03-02 09:03:00 * alice takes the request back again
2026-03-02 09:04:00 * the second password opens the database
2026-03-02 09:04:00 crm
  > Switch Secret crm-db from Secret crm-db-pending, version 2, the previous until 2026-03-03T09:04:00Z, for the identity's request ticket-1, on request
  = RotationDue: crm-api: version 2: waiting for Job crm-api-v2-verify-1
  = crm-db is Overlapping (Generated), version 2, issued 2026-03-02T09:04:00Z, next 2026-06-10T09:04:00Z, previous until 2026-03-03T09:04:00Z
2026-03-02 09:04:00 crm
  > Remove Secret crm-db-pending: its value is in place, or no longer wanted
2026-03-02 09:04:00 crm
  > Remove Job crm-db-v2-verify-1: its value is settled
2026-03-02 09:04:10 * the second key opens the API
2026-03-02 09:04:10 crm
  > Switch Secret crm-api from Secret crm-api-pending, version 2, for the identity's request ticket-1, not read by pods from before 2026-03-02T09:04:10Z, on request
  = crm-api is Restarting (Generated), version 2, issued 2026-03-02T09:04:10Z, next 2026-06-10T08:34:27Z
2026-03-02 09:04:10 crm
  > Note on Secret crm-api that all have moved
  > Remove Secret crm-api-pending: its value is in place, or no longer wanted
  = crm-api is Fresh (Generated), version 2, issued 2026-03-02T09:04:10Z, next 2026-06-10T08:34:27Z
2026-03-02 09:04:10 crm
  > Remove Job crm-api-v2-verify-1: its value is settled
2026-03-03 09:04:00 crm
  > Retire the previous value of Secret crm-db
  = Active, ready
  = crm-db is Fresh (Generated), version 2, issued 2026-03-02T09:04:00Z, next 2026-06-10T09:04:00Z
2026-03-04 09:00:00 * the policy requires approvals
2026-03-04 09:00:00 crm
  = Requested, not ready
  = ApprovalPending: policy production asks for an approval of scope fa8c79d94e8bfec0fa34f74826816071a1b2c3d4: somebody with the right to `approve`, who did not ask for it, annotates credence.dev/approve='<own name> fa8c79d94e8bfec0fa34f74826816071a1b2c3d4'
  = crm-db is Fresh (Generated), version 2, issued 2026-03-02T09:04:00Z; not rotated: scope fa8c79d94e8bfec0fa34f74826816071a1b2c3d4 is not approved
  = crm-api is Fresh (Generated), version 2, issued 2026-03-02T09:04:10Z; not rotated: scope fa8c79d94e8bfec0fa34f74826816071a1b2c3d4 is not approved
2026-03-05 09:00:00 * the policy requires none any more
2026-03-05 09:00:00 crm
  = Active, ready
  = crm-db is Fresh (Generated), version 2, issued 2026-03-02T09:04:00Z, next 2026-06-10T09:04:00Z
  = crm-api is Fresh (Generated), version 2, issued 2026-03-02T09:04:10Z, next 2026-06-10T08:34:27Z

until 2026-03-06 00:00:00: 1 looks by the clock, 22 actions
