# The database refuses the new password three times, so that the rotation is blocked and the old value
# stays. The hook is mended and a new value asked for.
from: 2026-03-01T00:00:00Z
until: 2026-03-13T00:00:00Z
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
      hooks:
        apply: {cronJobName: crm-db-apply, timeout: 5m}
        verify: {cronJobName: crm-db-verify, timeout: 5m}
- apiVersion: credence.dev/v1alpha1
  kind: CredentialPolicy
  metadata: {name: production}
  spec: {enforcement: Enforce, rotation: {maxAttempts: 3}}
events:
- at: 2026-03-01T00:00:20Z
  say: the database has the first password
  apply: {kind: Job, metadata: {name: crm-db-v1-apply-1}, status: {conditions: [{type: Complete, status: "True", lastTransitionTime: "2026-03-01T00:00:20Z"}]}}
- at: 2026-03-01T00:00:30Z
  say: it opens the database
  apply: {kind: Job, metadata: {name: crm-db-v1-verify-1}, status: {conditions: [{type: Complete, status: "True", lastTransitionTime: "2026-03-01T00:00:30Z"}]}}
- at: 2026-03-11T00:00:40Z
  say: the database refuses the second password
  apply: {kind: Job, metadata: {name: crm-db-v2-apply-1}, status: {conditions: [{type: Failed, status: "True", lastTransitionTime: "2026-03-11T00:00:40Z", reason: BackoffLimitExceeded}]}}
- at: 2026-03-11T00:00:50Z
  say: the database has the second password
  apply: {kind: Job, metadata: {name: crm-db-v2-apply-2}, status: {conditions: [{type: Complete, status: "True", lastTransitionTime: "2026-03-11T00:00:50Z"}]}}
- at: 2026-03-11T00:01:00Z
  say: it does not open the database
  apply: {kind: Job, metadata: {name: crm-db-v2-verify-2}, status: {conditions: [{type: Failed, status: "True", lastTransitionTime: "2026-03-11T00:01:00Z", reason: BackoffLimitExceeded}]}}
- at: 2026-03-11T00:01:30Z
  say: the database refuses it again
  apply: {kind: Job, metadata: {name: crm-db-v2-apply-3}, status: {conditions: [{type: Failed, status: "True", lastTransitionTime: "2026-03-11T00:01:30Z", reason: DeadlineExceeded}]}}
- at: 2026-03-11T08:00:00Z
  say: alice mends the hook and asks for a new value
  apply: {kind: Secret, metadata: {name: crm-db, annotations: {credence.dev/rotate: ticket-12}}}
- at: 2026-03-11T08:00:10Z
  say: the database has another second password
  apply: {kind: Job, metadata: {name: crm-db-v2-apply-1}, status: {conditions: [{type: Complete, status: "True", lastTransitionTime: "2026-03-11T08:00:10Z"}]}}
- at: 2026-03-11T08:00:20Z
  say: it opens the database
  apply: {kind: Job, metadata: {name: crm-db-v2-verify-1}, status: {conditions: [{type: Complete, status: "True", lastTransitionTime: "2026-03-11T08:00:20Z"}]}}
~~~
2026-03-01 00:00:00 crm
  > Stage in Secret crm-db-pending the first value of Secret crm-db with password, version 1
  = Provisioning, not ready
  = OwnerSet: alice@example.com answers for this identity
  = MemberMissing: Secret crm-db is not made yet
  = RotationDue: crm-db: version 1 is staged
  = crm-db is Applying (Generated); version 1 is staged
2026-03-01 00:00:00 crm
  > Run Job crm-db-v1-apply-1 from CronJob crm-db-apply for version 1 of Secret crm-db, in crm-db-pending under <key>, at most 300s
  = RotationDue: crm-db: version 1: waiting for Job crm-db-v1-apply-1
  = crm-db is Applying (Generated); version 1: waiting for Job crm-db-v1-apply-1
2026-03-01 00:00:20 * the database has the first password
2026-03-01 00:00:20 crm
  > Run Job crm-db-v1-verify-1 from CronJob crm-db-verify for version 1 of Secret crm-db, in crm-db-pending under <key>, at most 300s
  = RotationDue: crm-db: version 1: waiting for Job crm-db-v1-verify-1
  = crm-db is Verifying (Generated); version 1: waiting for Job crm-db-v1-verify-1
2026-03-01 00:00:30 * it opens the database
2026-03-01 00:00:30 crm
  > Create Secret crm-db from Secret crm-db-pending, version 1
  = Active, ready
  = crm-db is Fresh (Generated), version 1, issued 2026-03-01T00:00:30Z, next 2026-03-11T00:00:30Z
2026-03-01 00:00:30 crm
  > Remove Secret crm-db-pending: its value is in place, or no longer wanted
2026-03-01 00:00:30 crm
  > Remove Job crm-db-v1-apply-1: its value is settled
  > Remove Job crm-db-v1-verify-1: its value is settled
2026-03-11 00:00:30 crm
  > Stage in Secret crm-db-pending the next value of Secret crm-db with password, version 2
  = Rotating, ready
  = RotationDue: crm-db: version 2 is staged
  = crm-db is Applying (Generated), version 1, issued 2026-03-01T00:00:30Z, next 2026-03-11T00:00:30Z; version 2 is staged
2026-03-11 00:00:30 crm
  > Run Job crm-db-v2-apply-1 from CronJob crm-db-apply for version 2 of Secret crm-db, in crm-db-pending under <key>, at most 300s
  = RotationDue: crm-db: version 2: waiting for Job crm-db-v2-apply-1
  = crm-db is Applying (Generated), version 1, issued 2026-03-01T00:00:30Z, next 2026-03-11T00:00:30Z; version 2: waiting for Job crm-db-v2-apply-1
2026-03-11 00:00:40 * the database refuses the second password
2026-03-11 00:00:40 crm
  > Note on Secret crm-db-pending: crm-db-v2-apply-1 failed at 2026-03-11T00:00:40Z
  = Rotating, not ready
  = VerificationFailed: crm-db: attempt 1 of 3 to apply version 2 failed: Job crm-db-v2-apply-1: BackoffLimitExceeded
  = crm-db is Applying (Generated), version 1, issued 2026-03-01T00:00:30Z, next 2026-03-11T00:00:30Z; attempt 1 of 3 to apply version 2 failed: Job crm-db-v2-apply-1: BackoffLimitExceeded; tried again at 2026-03-11T00:00:45Z
2026-03-11 00:00:45 crm
  > Run Job crm-db-v2-apply-2 from CronJob crm-db-apply for version 2 of Secret crm-db, in crm-db-pending under <key>, at most 300s
  = crm-db is Applying (Generated), version 1, issued 2026-03-01T00:00:30Z, next 2026-03-11T00:00:30Z; version 2: waiting for Job crm-db-v2-apply-2
2026-03-11 00:00:45 crm
  = Rotating, ready
  = RotationDue: crm-db: version 2: waiting for Job crm-db-v2-apply-2
2026-03-11 00:00:50 * the database has the second password
2026-03-11 00:00:50 crm
  > Run Job crm-db-v2-verify-2 from CronJob crm-db-verify for version 2 of Secret crm-db, in crm-db-pending under <key>, at most 300s
  = RotationDue: crm-db: version 2: waiting for Job crm-db-v2-verify-2
  = crm-db is Verifying (Generated), version 1, issued 2026-03-01T00:00:30Z, next 2026-03-11T00:00:30Z; version 2: waiting for Job crm-db-v2-verify-2
2026-03-11 00:01:00 * it does not open the database
2026-03-11 00:01:00 crm
  > Note on Secret crm-db-pending: crm-db-v2-apply-1 failed at 2026-03-11T00:00:40Z, crm-db-v2-apply-2 succeeded at 2026-03-11T00:00:50Z, crm-db-v2-verify-2 failed at 2026-03-11T00:01:00Z
  = Rotating, not ready
  = VerificationFailed: crm-db: attempt 2 of 3 to verify version 2 failed: Job crm-db-v2-verify-2: BackoffLimitExceeded
  = crm-db is Verifying (Generated), version 1, issued 2026-03-01T00:00:30Z, next 2026-03-11T00:00:30Z; attempt 2 of 3 to verify version 2 failed: Job crm-db-v2-verify-2: BackoffLimitExceeded; tried again at 2026-03-11T00:01:10Z
2026-03-11 00:01:10 crm
  > Run Job crm-db-v2-apply-3 from CronJob crm-db-apply for version 2 of Secret crm-db, in crm-db-pending under <key>, at most 300s
  = crm-db is Applying (Generated), version 1, issued 2026-03-01T00:00:30Z, next 2026-03-11T00:00:30Z; version 2: waiting for Job crm-db-v2-apply-3
2026-03-11 00:01:10 crm
  = Rotating, ready
  = RotationDue: crm-db: version 2: waiting for Job crm-db-v2-apply-3
2026-03-11 00:01:30 * the database refuses it again
2026-03-11 00:01:30 crm
  > Note on Secret crm-db-pending: crm-db-v2-apply-1 failed at 2026-03-11T00:00:40Z, crm-db-v2-apply-2 succeeded at 2026-03-11T00:00:50Z, crm-db-v2-verify-2 failed at 2026-03-11T00:01:00Z, crm-db-v2-apply-3 failed at 2026-03-11T00:01:30Z
  = Active, not ready
  = RotationBlocked: crm-db: attempt 3 of 3 to apply version 2 failed: Job crm-db-v2-apply-3: DeadlineExceeded; given up. Mend the hook, then set a new value of credence.dev/rotate, or of credence.dev/abort to drop the new value
  = crm-db is Blocked (Generated), version 1, issued 2026-03-01T00:00:30Z, next 2026-03-11T00:00:30Z; attempt 3 of 3 to apply version 2 failed: Job crm-db-v2-apply-3: DeadlineExceeded; given up
2026-03-11 08:00:00 * alice mends the hook and asks for a new value
2026-03-11 08:00:00 crm
  > Remove Secret crm-db-pending: a new value was asked for after this one was given up
  = Rotating, ready
  = RotationDue: crm-db: staging a new value
  = crm-db is Applying (Generated), version 1, issued 2026-03-01T00:00:30Z, next 2026-03-11T00:00:30Z; staging a new value
2026-03-11 08:00:00 crm
  > Stage in Secret crm-db-pending the next value of Secret crm-db with password, version 2, for the Secret's request ticket-12
  > Remove Job crm-db-v2-apply-1: its value is settled
  > Remove Job crm-db-v2-apply-2: its value is settled
  > Remove Job crm-db-v2-apply-3: its value is settled
  > Remove Job crm-db-v2-verify-2: its value is settled
  = RotationDue: crm-db: version 2 is staged
  = crm-db is Applying (Generated), version 1, issued 2026-03-01T00:00:30Z, next 2026-03-11T00:00:30Z; version 2 is staged
2026-03-11 08:00:00 crm
  > Run Job crm-db-v2-apply-1 from CronJob crm-db-apply for version 2 of Secret crm-db, in crm-db-pending under <key>, at most 300s
  = RotationDue: crm-db: version 2: waiting for Job crm-db-v2-apply-1
  = crm-db is Applying (Generated), version 1, issued 2026-03-01T00:00:30Z, next 2026-03-11T00:00:30Z; version 2: waiting for Job crm-db-v2-apply-1
2026-03-11 08:00:10 * the database has another second password
2026-03-11 08:00:10 crm
  > Run Job crm-db-v2-verify-1 from CronJob crm-db-verify for version 2 of Secret crm-db, in crm-db-pending under <key>, at most 300s
  = RotationDue: crm-db: version 2: waiting for Job crm-db-v2-verify-1
  = crm-db is Verifying (Generated), version 1, issued 2026-03-01T00:00:30Z, next 2026-03-11T00:00:30Z; version 2: waiting for Job crm-db-v2-verify-1
2026-03-11 08:00:20 * it opens the database
2026-03-11 08:00:20 crm
  > Switch Secret crm-db from Secret crm-db-pending, version 2, the previous until 2026-03-12T08:00:20Z, for the Secret's request ticket-12, on request
  = crm-db is Overlapping (Generated), version 2, issued 2026-03-11T08:00:20Z, next 2026-03-21T08:00:20Z, previous until 2026-03-12T08:00:20Z
2026-03-11 08:00:20 crm
  > Remove Secret crm-db-pending: its value is in place, or no longer wanted
2026-03-11 08:00:20 crm
  > Remove Job crm-db-v2-apply-1: its value is settled
  > Remove Job crm-db-v2-verify-1: its value is settled
2026-03-12 08:00:20 crm
  > Retire the previous value of Secret crm-db
  = Active, ready
  = crm-db is Fresh (Generated), version 2, issued 2026-03-11T08:00:20Z, next 2026-03-21T08:00:20Z

until 2026-03-13 00:00:00: 4 looks by the clock, 28 actions
