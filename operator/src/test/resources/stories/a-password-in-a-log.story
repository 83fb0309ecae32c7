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
  > Stage in Secret crm-db-pending the first value of Secret crm-db with password, version 1
  = Provisioning, not ready
  = OwnerSet: alice@example.com answers for this identity
  = MemberMissing: Secret crm-db is not made yet
  = RotationDue: crm-db: version 1 is staged
  = crm-db is Applying (Generated); version 1 is staged
2026-03-01 02:00:00 crm
  > Run Job crm-db-v1-apply-1 from CronJob crm-db-apply for version 1 of Secret crm-db, in crm-db-pending under <key>, at most 300s
  = RotationDue: crm-db: version 1: waiting for Job crm-db-v1-apply-1
  = crm-db is Applying (Generated); version 1: waiting for Job crm-db-v1-apply-1
2026-03-01 02:00:20 * the database has the first password
2026-03-01 02:00:20 crm
  > Run Job crm-db-v1-verify-1 from CronJob crm-db-verify for version 1 of Secret crm-db, in crm-db-pending under <key>, at most 300s
  = RotationDue: crm-db: version 1: waiting for Job crm-db-v1-verify-1
  = crm-db is Verifying (Generated); version 1: waiting for Job crm-db-v1-verify-1
2026-03-01 02:00:30 * it opens the database
2026-03-01 02:00:30 crm
  > Create Secret crm-db from Secret crm-db-pending, version 1
  = Active, ready
  = crm-db is Fresh (Generated), version 1, issued 2026-03-01T02:00:30Z, next 2026-03-11T02:00:30Z
2026-03-01 02:00:30 crm
  > Remove Secret crm-db-pending: its value is in place, or no longer wanted
2026-03-01 02:00:30 crm
  > Remove Job crm-db-v1-apply-1: its value is settled
  > Remove Job crm-db-v1-verify-1: its value is settled
2026-03-05 14:10:00 * alice revokes it
2026-03-05 14:10:00 crm
  > Run Job crm-db-v1-revoke-1 from CronJob crm-db-revoke for version 1 of Secret crm-db, in crm-db under <key>, at most 300s
  = Rotating, ready
  = RotationDue: crm-db: revoked (found in a log): version 1: waiting for Job crm-db-v1-revoke-1
  = crm-db is Revoked (Generated), version 1, issued 2026-03-01T02:00:30Z, next 2026-03-11T02:00:30Z; revoked (found in a log): version 1: waiting for Job crm-db-v1-revoke-1
2026-03-05 14:10:20 * the database has forgotten it
2026-03-05 14:10:20 crm
  > Stage in Secret crm-db-pending the next value of Secret crm-db with password, version 2, for the revocation found in a log
  = RotationDue: crm-db: revoked (found in a log): version 2 is staged
  = crm-db is Revoked (Generated), version 1, issued 2026-03-01T02:00:30Z, next 2026-03-11T02:00:30Z; revoked (found in a log): version 2 is staged
2026-03-05 14:10:20 crm
  > Run Job crm-db-v2-apply-1 from CronJob crm-db-apply for version 2 of Secret crm-db, in crm-db-pending under <key>, at most 300s
  = RotationDue: crm-db: revoked (found in a log): version 2: waiting for Job crm-db-v2-apply-1
  = crm-db is Revoked (Generated), version 1, issued 2026-03-01T02:00:30Z, next 2026-03-11T02:00:30Z; revoked (found in a log): version 2: waiting for Job crm-db-v2-apply-1
2026-03-05 14:10:30 * the database has the second password
2026-03-05 14:10:30 crm
  > Run Job crm-db-v2-verify-1 from CronJob crm-db-verify for version 2 of Secret crm-db, in crm-db-pending under <key>, at most 300s
  = RotationDue: crm-db: revoked (found in a log): version 2: waiting for Job crm-db-v2-verify-1
  = crm-db is Revoked (Generated), version 1, issued 2026-03-01T02:00:30Z, next 2026-03-11T02:00:30Z; revoked (found in a log): version 2: waiting for Job crm-db-v2-verify-1
2026-03-05 14:10:40 * it opens the database
2026-03-05 14:10:40 crm
  > Switch Secret crm-db from Secret crm-db-pending, version 2, for the revocation found in a log, not read by pods from before 2026-03-05T14:10:40Z, revoked: found in a log
  = crm-db is Restarting (Generated), version 2, issued 2026-03-05T14:10:40Z, next 2026-03-16T02:00:00Z
2026-03-05 14:10:40 crm
  > Note on Secret crm-db that all have moved
  > Remove Secret crm-db-pending: its value is in place, or no longer wanted
  > Remove Job crm-db-v1-revoke-1: its value is settled
  = Active, ready
  = crm-db is Fresh (Generated), version 2, issued 2026-03-05T14:10:40Z, next 2026-03-16T02:00:00Z
2026-03-05 14:10:40 crm
  > Remove Job crm-db-v2-apply-1: its value is settled
  > Remove Job crm-db-v2-verify-1: its value is settled

until 2026-03-06 00:00:00: 0 looks by the clock, 17 actions
