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
  > generate and stage the next value of Secret crm-db
  = Provisioning, not Ready (RotationDue)
  = OwnerAssigned True, OwnerSet: The owner is alice@example.com.
  = MembersLinked False, MemberMissing: Secret crm-db is not created yet.
  = CredentialsFresh False, RotationDue: Secret crm-db: Version 1 is staged.
  = crm-db: Generated, Applying; Version 1 is staged.
2026-03-01 00:00:00 crm
  > start the apply hook of Secret crm-db: CronJob crm-db-apply
  = CredentialsFresh False, RotationDue: Secret crm-db: Version 1: waiting for Job crm-db-v1-apply-1.
  = crm-db: Generated, Applying; Version 1: waiting for Job crm-db-v1-apply-1.
2026-03-01 00:00:20 * the database has the first password
2026-03-01 00:00:20 crm
  > start the verify hook of Secret crm-db: CronJob crm-db-verify
  = CredentialsFresh False, RotationDue: Secret crm-db: Version 1: waiting for Job crm-db-v1-verify-1.
  = crm-db: Generated, Verifying; Version 1: waiting for Job crm-db-v1-verify-1.
2026-03-01 00:00:30 * it opens the database
2026-03-01 00:00:30 crm
  > activate the verified value of Secret crm-db, since a user requested it
  = Active, Ready
  = crm-db: Generated, Fresh; version 1; issued 2026-03-01 00:00:30; next value 2026-03-11 00:00:30
2026-03-01 00:00:30 crm
  > delete Secret crm-db-pending, since its value is active, or no longer requested
2026-03-01 00:00:30 crm
  > delete Job crm-db-v1-apply-1, since its value is settled
  > delete Job crm-db-v1-verify-1, since its value is settled
2026-03-11 00:00:30 crm
  > generate and stage the next value of Secret crm-db
  = Rotating, Ready
  = CredentialsFresh False, RotationDue: Secret crm-db: Version 2 is staged.
  = crm-db: Generated, Applying; version 1; issued 2026-03-01 00:00:30; next value 2026-03-11 00:00:30; Version 2 is staged.
2026-03-11 00:00:30 crm
  > start the apply hook of Secret crm-db: CronJob crm-db-apply
  = CredentialsFresh False, RotationDue: Secret crm-db: Version 2: waiting for Job crm-db-v2-apply-1.
  = crm-db: Generated, Applying; version 1; issued 2026-03-01 00:00:30; next value 2026-03-11 00:00:30; Version 2: waiting for Job crm-db-v2-apply-1.
2026-03-11 00:00:40 * the database refuses the second password
2026-03-11 00:00:40 crm
  > record the progress of the hooks on Secret crm-db-pending
  = Rotating, not Ready (VerificationFailed)
  = CredentialsFresh False, VerificationFailed: Secret crm-db: Attempt 1 of 3 to apply version 2 failed: Job crm-db-v2-apply-1: BackoffLimitExceeded.
  = crm-db: Generated, Applying; version 1; issued 2026-03-01 00:00:30; next value 2026-03-11 00:00:30; Attempt 1 of 3 to apply version 2 failed: Job crm-db-v2-apply-1: BackoffLimitExceeded. The next attempt is at 2026-03-11T00:00:45Z.
2026-03-11 00:00:45 crm
  > start the apply hook of Secret crm-db: CronJob crm-db-apply
  = crm-db: Generated, Applying; version 1; issued 2026-03-01 00:00:30; next value 2026-03-11 00:00:30; Version 2: waiting for Job crm-db-v2-apply-2.
2026-03-11 00:00:45 crm
  = Rotating, Ready
  = CredentialsFresh False, RotationDue: Secret crm-db: Version 2: waiting for Job crm-db-v2-apply-2.
2026-03-11 00:00:50 * the database has the second password
2026-03-11 00:00:50 crm
  > start the verify hook of Secret crm-db: CronJob crm-db-verify
  = CredentialsFresh False, RotationDue: Secret crm-db: Version 2: waiting for Job crm-db-v2-verify-2.
  = crm-db: Generated, Verifying; version 1; issued 2026-03-01 00:00:30; next value 2026-03-11 00:00:30; Version 2: waiting for Job crm-db-v2-verify-2.
2026-03-11 00:01:00 * it does not open the database
2026-03-11 00:01:00 crm
  > record the progress of the hooks on Secret crm-db-pending
  = Rotating, not Ready (VerificationFailed)
  = CredentialsFresh False, VerificationFailed: Secret crm-db: Attempt 2 of 3 to verify version 2 failed: Job crm-db-v2-verify-2: BackoffLimitExceeded.
  = crm-db: Generated, Verifying; version 1; issued 2026-03-01 00:00:30; next value 2026-03-11 00:00:30; Attempt 2 of 3 to verify version 2 failed: Job crm-db-v2-verify-2: BackoffLimitExceeded. The next attempt is at 2026-03-11T00:01:10Z.
2026-03-11 00:01:10 crm
  > start the apply hook of Secret crm-db: CronJob crm-db-apply
  = crm-db: Generated, Applying; version 1; issued 2026-03-01 00:00:30; next value 2026-03-11 00:00:30; Version 2: waiting for Job crm-db-v2-apply-3.
2026-03-11 00:01:10 crm
  = Rotating, Ready
  = CredentialsFresh False, RotationDue: Secret crm-db: Version 2: waiting for Job crm-db-v2-apply-3.
2026-03-11 00:01:30 * the database refuses it again
2026-03-11 00:01:30 crm
  > record the progress of the hooks on Secret crm-db-pending
  = Active, not Ready (RotationBlocked)
  = CredentialsFresh False, RotationBlocked: Secret crm-db: Attempt 3 of 3 to apply version 2 failed: Job crm-db-v2-apply-3: DeadlineExceeded. The operator does not retry. Fix the hook, then set the annotation credence.dev/rotate to a new value to retry, or credence.dev/abort to drop the new version.
  = crm-db: Generated, Blocked; version 1; issued 2026-03-01 00:00:30; next value 2026-03-11 00:00:30; Attempt 3 of 3 to apply version 2 failed: Job crm-db-v2-apply-3: DeadlineExceeded. The operator does not retry.
2026-03-11 08:00:00 * alice mends the hook and asks for a new value
2026-03-11 08:00:00 crm
  > delete Secret crm-db-pending, since a user requested a new value after this one failed
  = Rotating, Ready
  = CredentialsFresh False, RotationDue: Secret crm-db: Staging a new value.
  = crm-db: Generated, Applying; version 1; issued 2026-03-01 00:00:30; next value 2026-03-11 00:00:30; Staging a new value.
2026-03-11 08:00:00 crm
  > generate and stage the next value of Secret crm-db
  > delete Job crm-db-v2-apply-1, since its value is settled
  > delete Job crm-db-v2-apply-2, since its value is settled
  > delete Job crm-db-v2-apply-3, since its value is settled
  > delete Job crm-db-v2-verify-2, since its value is settled
  = CredentialsFresh False, RotationDue: Secret crm-db: Version 2 is staged.
  = crm-db: Generated, Applying; version 1; issued 2026-03-01 00:00:30; next value 2026-03-11 00:00:30; Version 2 is staged.
2026-03-11 08:00:00 crm
  > start the apply hook of Secret crm-db: CronJob crm-db-apply
  = CredentialsFresh False, RotationDue: Secret crm-db: Version 2: waiting for Job crm-db-v2-apply-1.
  = crm-db: Generated, Applying; version 1; issued 2026-03-01 00:00:30; next value 2026-03-11 00:00:30; Version 2: waiting for Job crm-db-v2-apply-1.
2026-03-11 08:00:10 * the database has another second password
2026-03-11 08:00:10 crm
  > start the verify hook of Secret crm-db: CronJob crm-db-verify
  = CredentialsFresh False, RotationDue: Secret crm-db: Version 2: waiting for Job crm-db-v2-verify-1.
  = crm-db: Generated, Verifying; version 1; issued 2026-03-01 00:00:30; next value 2026-03-11 00:00:30; Version 2: waiting for Job crm-db-v2-verify-1.
2026-03-11 08:00:20 * it opens the database
2026-03-11 08:00:20 crm
  > activate the verified value of Secret crm-db, since a user requested it
  = crm-db: Generated, Overlapping; version 2; issued 2026-03-11 08:00:20; next value 2026-03-21 08:00:20; the previous value stays until 2026-03-12 08:00:20
2026-03-11 08:00:20 crm
  > delete Secret crm-db-pending, since its value is active, or no longer requested
2026-03-11 08:00:20 crm
  > delete Job crm-db-v2-apply-1, since its value is settled
  > delete Job crm-db-v2-verify-1, since its value is settled
2026-03-12 08:00:20 crm
  > remove the previous value of Secret crm-db
  = Active, Ready
  = crm-db: Generated, Fresh; version 2; issued 2026-03-11 08:00:20; next value 2026-03-21 08:00:20

until 2026-03-13 00:00:00: 4 looks by the clock, 28 actions
