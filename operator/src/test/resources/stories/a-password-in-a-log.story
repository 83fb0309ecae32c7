# A password is found in a log by day, outside the window: the database forgets it before there is a new
# one, and no previous value is kept.
from: 2026-03-01T02:00:00Z
until: 2026-03-06T00:00:00Z
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
        revoke: {cronJobName: crm-db-revoke, timeout: 5m}
- apiVersion: credence.dev/v1alpha1
  kind: CredentialPolicy
  metadata: {name: production}
  spec: {enforcement: Enforce, rotation: {windows: [{schedule: "0 2 * * *", duration: 2h}]}}
events:
- at: 2026-03-01T02:00:20Z
  say: the database has the first password
  apply: {kind: Job, metadata: {name: crm-db-v1-apply-1}, status: {conditions: [{type: Complete, status: "True", lastTransitionTime: "2026-03-01T02:00:20Z"}]}}
- at: 2026-03-01T02:00:30Z
  say: it opens the database
  apply: {kind: Job, metadata: {name: crm-db-v1-verify-1}, status: {conditions: [{type: Complete, status: "True", lastTransitionTime: "2026-03-01T02:00:30Z"}]}}
- at: 2026-03-05T14:10:00Z
  say: alice revokes it
  apply: {kind: Secret, metadata: {name: crm-db, annotations: {credence.dev/revoke: found in a log}}}
- at: 2026-03-05T14:10:20Z
  say: the database has forgotten it
  apply: {kind: Job, metadata: {name: crm-db-v1-revoke-1}, status: {conditions: [{type: Complete, status: "True", lastTransitionTime: "2026-03-05T14:10:20Z"}]}}
- at: 2026-03-05T14:10:30Z
  say: the database has the second password
  apply: {kind: Job, metadata: {name: crm-db-v2-apply-1}, status: {conditions: [{type: Complete, status: "True", lastTransitionTime: "2026-03-05T14:10:30Z"}]}}
- at: 2026-03-05T14:10:40Z
  say: it opens the database
  apply: {kind: Job, metadata: {name: crm-db-v2-verify-1}, status: {conditions: [{type: Complete, status: "True", lastTransitionTime: "2026-03-05T14:10:40Z"}]}}
~~~
2026-03-01 02:00:00 crm
  > generate and stage the next value of Secret crm-db
  = Provisioning, not Ready (RotationDue)
  = OwnerAssigned True, OwnerSet: The owner is alice@example.com.
  = MembersLinked False, MemberMissing: Secret crm-db is not created yet.
  = CredentialsFresh False, RotationDue: Secret crm-db: Version 1 is staged.
  = crm-db: Generated, Applying; Version 1 is staged.
2026-03-01 02:00:00 crm
  > start the apply hook of Secret crm-db: CronJob crm-db-apply
  = CredentialsFresh False, RotationDue: Secret crm-db: Version 1: waiting for Job crm-db-v1-apply-1.
  = crm-db: Generated, Applying; Version 1: waiting for Job crm-db-v1-apply-1.
2026-03-01 02:00:20 * the database has the first password
2026-03-01 02:00:20 crm
  > start the verify hook of Secret crm-db: CronJob crm-db-verify
  = CredentialsFresh False, RotationDue: Secret crm-db: Version 1: waiting for Job crm-db-v1-verify-1.
  = crm-db: Generated, Verifying; Version 1: waiting for Job crm-db-v1-verify-1.
2026-03-01 02:00:30 * it opens the database
2026-03-01 02:00:30 crm
  > activate the verified value of Secret crm-db, since a user requested it
  = Active, Ready
  = crm-db: Generated, Fresh; version 1; issued 2026-03-01 02:00:30; next value 2026-03-11 02:00:30
2026-03-01 02:00:30 crm
  > delete Secret crm-db-pending, since its value is active, or no longer requested
2026-03-01 02:00:30 crm
  > delete Job crm-db-v1-apply-1, since its value is settled
  > delete Job crm-db-v1-verify-1, since its value is settled
2026-03-05 14:10:00 * alice revokes it
2026-03-05 14:10:00 crm
  > start the revoke hook of Secret crm-db: CronJob crm-db-revoke
  = Rotating, Ready
  = CredentialsFresh False, RotationDue: Secret crm-db: Revoked (found in a log). Version 1: waiting for Job crm-db-v1-revoke-1.
  = crm-db: Generated, Revoked; version 1; issued 2026-03-01 02:00:30; next value 2026-03-11 02:00:30; Revoked (found in a log). Version 1: waiting for Job crm-db-v1-revoke-1.
2026-03-05 14:10:20 * the database has forgotten it
2026-03-05 14:10:20 crm
  > generate and stage the next value of Secret crm-db
  = CredentialsFresh False, RotationDue: Secret crm-db: Revoked (found in a log). Version 2 is staged.
  = crm-db: Generated, Revoked; version 1; issued 2026-03-01 02:00:30; next value 2026-03-11 02:00:30; Revoked (found in a log). Version 2 is staged.
2026-03-05 14:10:20 crm
  > start the apply hook of Secret crm-db: CronJob crm-db-apply
  = CredentialsFresh False, RotationDue: Secret crm-db: Revoked (found in a log). Version 2: waiting for Job crm-db-v2-apply-1.
  = crm-db: Generated, Revoked; version 1; issued 2026-03-01 02:00:30; next value 2026-03-11 02:00:30; Revoked (found in a log). Version 2: waiting for Job crm-db-v2-apply-1.
2026-03-05 14:10:30 * the database has the second password
2026-03-05 14:10:30 crm
  > start the verify hook of Secret crm-db: CronJob crm-db-verify
  = CredentialsFresh False, RotationDue: Secret crm-db: Revoked (found in a log). Version 2: waiting for Job crm-db-v2-verify-1.
  = crm-db: Generated, Revoked; version 1; issued 2026-03-01 02:00:30; next value 2026-03-11 02:00:30; Revoked (found in a log). Version 2: waiting for Job crm-db-v2-verify-1.
2026-03-05 14:10:40 * it opens the database
2026-03-05 14:10:40 crm
  > activate the verified value of Secret crm-db, since the current value was revoked: found in a log
  = crm-db: Generated, Restarting; version 2; issued 2026-03-05 14:10:40; next value 2026-03-16 02:00:00
2026-03-05 14:10:40 crm
  > record on Secret crm-db that all consumers use the current value
  > delete Secret crm-db-pending, since its value is active, or no longer requested
  > delete Job crm-db-v1-revoke-1, since its value is settled
  = Active, Ready
  = crm-db: Generated, Fresh; version 2; issued 2026-03-05 14:10:40; next value 2026-03-16 02:00:00
2026-03-05 14:10:40 crm
  > delete Job crm-db-v2-apply-1, since its value is settled
  > delete Job crm-db-v2-verify-1, since its value is settled

until 2026-03-06 00:00:00: 0 looks by the clock, 17 actions
