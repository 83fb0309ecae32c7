# One identity with accounts of a database, a directory and a server. A suspension locks all three, the directory
# at the second attempt, and the cluster waits for none of them. The resume unlocks them, and then the rotation
# that became due meanwhile begins.
from: 2026-03-01T00:00:00Z
until: 2026-03-03T02:00:00Z
objects:
- apiVersion: v1
  kind: ServiceAccount
  metadata: {name: webfinance}
- apiVersion: credence.dev/v1alpha1
  kind: MachineIdentity
  metadata: {name: webfinance, uid: webfinance-1}
  spec:
    owner: {team: finance, contact: alice@example.com}
    serviceAccounts: [{name: webfinance}]
    secrets:
    - name: finance-db
      account: {type: Database, system: db.finance, name: webfinance}
      generate: {keys: [{name: password, password: {length: 32}}]}
      rotation: {interval: 48h, overlap: 1h}
      hooks:
        suspend: {cronJobName: finance-db-suspend}
        resume: {cronJobName: finance-db-resume}
    - name: finance-ldap
      account: {type: Directory, system: ldap.finance, name: webfinance}
      generate: {keys: [{name: password, password: {length: 32}}]}
      rotation: {interval: 8760h}
      hooks:
        suspend: {cronJobName: finance-ldap-suspend}
        resume: {cronJobName: finance-ldap-resume}
    - name: finance-unix
      account: {type: OperatingSystem, system: batch1.finance, name: webfinance}
      generate: {keys: [{name: id, keyPair: {algorithm: Ed25519, publicKey: id.pub}}]}
      rotation: {interval: 8760h}
      hooks:
        suspend: {cronJobName: finance-unix-suspend}
        resume: {cronJobName: finance-unix-resume}
events:
- at: 2026-03-02T12:00:00Z
  say: alice suspends the identity
  apply: {kind: MachineIdentity, metadata: {name: webfinance, annotations: {credence.dev/suspend: INC-7}}}
- at: 2026-03-02T12:00:05Z
  say: the database has locked the account
  apply: {kind: Job, metadata: {name: finance-db-v1-suspend-1}, status: {conditions: [{type: Complete, status: "True", lastTransitionTime: "2026-03-02T12:00:05Z"}]}}
- at: 2026-03-02T12:00:06Z
  say: the directory is not reached
  apply: {kind: Job, metadata: {name: finance-ldap-v1-suspend-1}, status: {conditions: [{type: Failed, status: "True", lastTransitionTime: "2026-03-02T12:00:06Z", reason: BackoffLimitExceeded}]}}
- at: 2026-03-02T12:00:07Z
  say: the server has locked the account
  apply: {kind: Job, metadata: {name: finance-unix-v1-suspend-1}, status: {conditions: [{type: Complete, status: "True", lastTransitionTime: "2026-03-02T12:00:07Z"}]}}
- at: 2026-03-02T12:00:20Z
  say: the directory has locked the account
  apply: {kind: Job, metadata: {name: finance-ldap-v1-suspend-2}, status: {conditions: [{type: Complete, status: "True", lastTransitionTime: "2026-03-02T12:00:20Z"}]}}
- at: 2026-03-03T01:00:00Z
  say: alice resumes the identity
  apply: {kind: MachineIdentity, metadata: {name: webfinance, annotations: {credence.dev/suspend: null}}}
- at: 2026-03-03T01:00:10Z
  say: the database has unlocked the account
  apply: {kind: Job, metadata: {name: finance-db-v1-resume-2}, status: {conditions: [{type: Complete, status: "True", lastTransitionTime: "2026-03-03T01:00:10Z"}]}}
- at: 2026-03-03T01:00:12Z
  say: the directory has unlocked the account
  apply: {kind: Job, metadata: {name: finance-ldap-v1-resume-3}, status: {conditions: [{type: Complete, status: "True", lastTransitionTime: "2026-03-03T01:00:12Z"}]}}
- at: 2026-03-03T01:00:14Z
  say: the server has unlocked the account
  apply: {kind: Job, metadata: {name: finance-unix-v1-resume-2}, status: {conditions: [{type: Complete, status: "True", lastTransitionTime: "2026-03-03T01:00:14Z"}]}}
~~~
2026-03-01 00:00:00 webfinance
  > create Secret finance-db with its first value
  > create Secret finance-ldap with its first value
  > create Secret finance-unix with its first value
  > set the managed label and annotations of ServiceAccount webfinance
  = Active, Ready
  = OwnerAssigned True, OwnerSet: The owner is alice@example.com.
  = finance-db: Generated, Fresh; version 1; issued 2026-03-01 00:00:00; next value 2026-03-02 23:29:50
  = finance-ldap: Generated, Fresh; version 1; issued 2026-03-01 00:00:00; next value 2027-02-28 19:19:46
  = finance-unix: Generated, Fresh; version 1; issued 2026-03-01 00:00:00; next value 2027-02-28 07:40:19
2026-03-02 12:00:00 * alice suspends the identity
2026-03-02 12:00:00 webfinance
  > deny all writes of ServiceAccount webfinance
  > start the suspend hook of Secret finance-db: CronJob finance-db-suspend
  > start the suspend hook of Secret finance-ldap: CronJob finance-ldap-suspend
  > start the suspend hook of Secret finance-unix: CronJob finance-unix-suspend
  = Suspended, Ready
  = Suspended True, Requested: Suspended since 2026-03-02T12:00:00Z: the annotation credence.dev/suspend is 'INC-7'. Secret finance-db (webfinance at db.finance) is being locked in the target system: Version 1: waiting for Job finance-db-v1-suspend-1. Secret finance-ldap (webfinance at ldap.finance) is being locked in the target system: Version 1: waiting for Job finance-ldap-v1-suspend-1. Secret finance-unix (webfinance at batch1.finance) is being locked in the target system: Version 1: waiting for Job finance-unix-v1-suspend-1.
  = finance-db: Generated, Fresh; version 1; issued 2026-03-01 00:00:00; Not rotated: the identity is suspended. Version 1: waiting for Job finance-db-v1-suspend-1.
  = finance-ldap: Generated, Fresh; version 1; issued 2026-03-01 00:00:00; Not rotated: the identity is suspended. Version 1: waiting for Job finance-ldap-v1-suspend-1.
  = finance-unix: Generated, Fresh; version 1; issued 2026-03-01 00:00:00; Not rotated: the identity is suspended. Version 1: waiting for Job finance-unix-v1-suspend-1.
2026-03-02 12:00:05 * the database has locked the account
2026-03-02 12:00:05 webfinance
  > record the progress of the hooks on Secret finance-db
  = Suspended True, Requested: Suspended since 2026-03-02T12:00:00Z: the annotation credence.dev/suspend is 'INC-7'. Locked in the target system: Secret finance-db (webfinance at db.finance). Secret finance-ldap (webfinance at ldap.finance) is being locked in the target system: Version 1: waiting for Job finance-ldap-v1-suspend-1. Secret finance-unix (webfinance at batch1.finance) is being locked in the target system: Version 1: waiting for Job finance-unix-v1-suspend-1.
  = finance-db: Generated, Locked; version 1; issued 2026-03-01 00:00:00; Locked in the target system, since the identity is suspended.
2026-03-02 12:00:05 webfinance
  > delete Job finance-db-v1-suspend-1, since its value is settled
2026-03-02 12:00:06 * the directory is not reached
2026-03-02 12:00:06 webfinance
  > record the progress of the hooks on Secret finance-ldap
  = Suspended, not Ready (AccountsNotLocked)
  = Suspended True, AccountsNotLocked: Suspended since 2026-03-02T12:00:00Z: the annotation credence.dev/suspend is 'INC-7'. Locked in the target system: Secret finance-db (webfinance at db.finance). Secret finance-ldap (webfinance at ldap.finance) is not locked in the target system: Attempt 1 to lock the account of version 1 failed: Job finance-ldap-v1-suspend-1: BackoffLimitExceeded. The next attempt is at 2026-03-02T12:00:11Z. Secret finance-unix (webfinance at batch1.finance) is being locked in the target system: Version 1: waiting for Job finance-unix-v1-suspend-1.
  = finance-ldap: Generated, Fresh; version 1; issued 2026-03-01 00:00:00; Not rotated: the identity is suspended. Attempt 1 to lock the account of version 1 failed: Job finance-ldap-v1-suspend-1: BackoffLimitExceeded. The next attempt is at 2026-03-02T12:00:11Z.
2026-03-02 12:00:07 * the server has locked the account
2026-03-02 12:00:07 webfinance
  > record the progress of the hooks on Secret finance-unix
  = Suspended True, AccountsNotLocked: Suspended since 2026-03-02T12:00:00Z: the annotation credence.dev/suspend is 'INC-7'. Locked in the target system: Secret finance-db (webfinance at db.finance), Secret finance-unix (webfinance at batch1.finance). Secret finance-ldap (webfinance at ldap.finance) is not locked in the target system: Attempt 1 to lock the account of version 1 failed: Job finance-ldap-v1-suspend-1: BackoffLimitExceeded. The next attempt is at 2026-03-02T12:00:11Z.
  = finance-unix: Generated, Locked; version 1; issued 2026-03-01 00:00:00; Locked in the target system, since the identity is suspended.
2026-03-02 12:00:07 webfinance
  > delete Job finance-unix-v1-suspend-1, since its value is settled
2026-03-02 12:00:11 webfinance
  > start the suspend hook of Secret finance-ldap: CronJob finance-ldap-suspend
  = Suspended True, AccountsNotLocked: Suspended since 2026-03-02T12:00:00Z: the annotation credence.dev/suspend is 'INC-7'. Locked in the target system: Secret finance-db (webfinance at db.finance), Secret finance-unix (webfinance at batch1.finance). Secret finance-ldap (webfinance at ldap.finance) is not locked in the target system: Version 1: waiting for Job finance-ldap-v1-suspend-2. Job finance-ldap-v1-suspend-1 failed: BackoffLimitExceeded.
  = finance-ldap: Generated, Fresh; version 1; issued 2026-03-01 00:00:00; Not rotated: the identity is suspended. Version 1: waiting for Job finance-ldap-v1-suspend-2. Job finance-ldap-v1-suspend-1 failed: BackoffLimitExceeded.
2026-03-02 12:00:11 webfinance
  > delete Job finance-ldap-v1-suspend-1, since its value is settled
2026-03-02 12:00:20 * the directory has locked the account
2026-03-02 12:00:20 webfinance
  > record the progress of the hooks on Secret finance-ldap
  = Suspended, Ready
  = Suspended True, Requested: Suspended since 2026-03-02T12:00:00Z: the annotation credence.dev/suspend is 'INC-7'. Locked in the target system: Secret finance-db (webfinance at db.finance), Secret finance-ldap (webfinance at ldap.finance), Secret finance-unix (webfinance at batch1.finance).
  = finance-ldap: Generated, Locked; version 1; issued 2026-03-01 00:00:00; Locked in the target system, since the identity is suspended.
2026-03-02 12:00:20 webfinance
  > delete Job finance-ldap-v1-suspend-2, since its value is settled
2026-03-03 01:00:00 * alice resumes the identity
2026-03-03 01:00:00 webfinance
  > allow writes of ServiceAccount webfinance again
  > start the resume hook of Secret finance-db: CronJob finance-db-resume
  > start the resume hook of Secret finance-ldap: CronJob finance-ldap-resume
  > start the resume hook of Secret finance-unix: CronJob finance-unix-resume
  = Active, not Ready (AccountLocked)
  = CredentialsFresh False, AccountLocked: Secret finance-db: The account is still locked in the target system after the suspension. Version 1: waiting for Job finance-db-v1-resume-2. Secret finance-ldap: The account is still locked in the target system after the suspension. Version 1: waiting for Job finance-ldap-v1-resume-3. Secret finance-unix: The account is still locked in the target system after the suspension. Version 1: waiting for Job finance-unix-v1-resume-2.
  = finance-db: Generated, Locked; version 1; issued 2026-03-01 00:00:00; next value 2026-03-02 23:29:50; The account is still locked in the target system after the suspension. Version 1: waiting for Job finance-db-v1-resume-2.
  = finance-ldap: Generated, Locked; version 1; issued 2026-03-01 00:00:00; next value 2027-02-28 19:19:46; The account is still locked in the target system after the suspension. Version 1: waiting for Job finance-ldap-v1-resume-3.
  = finance-unix: Generated, Locked; version 1; issued 2026-03-01 00:00:00; next value 2027-02-28 07:40:19; The account is still locked in the target system after the suspension. Version 1: waiting for Job finance-unix-v1-resume-2.
2026-03-03 01:00:10 * the database has unlocked the account
2026-03-03 01:00:10 webfinance
  > record the progress of the hooks on Secret finance-db
  = CredentialsFresh False, AccountLocked: Secret finance-ldap: The account is still locked in the target system after the suspension. Version 1: waiting for Job finance-ldap-v1-resume-3. Secret finance-unix: The account is still locked in the target system after the suspension. Version 1: waiting for Job finance-unix-v1-resume-2.
  = finance-db: Generated, Fresh; version 1; issued 2026-03-01 00:00:00; next value 2026-03-02 23:29:50; Unlocked in the target system.
2026-03-03 01:00:10 webfinance
  > rotate Secret finance-db, due since 2026-03-02T23:29:50Z
  > delete Job finance-db-v1-resume-2, since its value is settled
  = Rotating, not Ready (AccountLocked)
  = finance-db: Generated, Overlapping; version 2; issued 2026-03-03 01:00:10; next value 2026-03-05 00:30:00; the previous value stays until 2026-03-03 02:00:10
2026-03-03 01:00:12 * the directory has unlocked the account
2026-03-03 01:00:12 webfinance
  > record the progress of the hooks on Secret finance-ldap
  = CredentialsFresh False, AccountLocked: Secret finance-unix: The account is still locked in the target system after the suspension. Version 1: waiting for Job finance-unix-v1-resume-2.
  = finance-ldap: Generated, Fresh; version 1; issued 2026-03-01 00:00:00; next value 2027-02-28 19:19:46; Unlocked in the target system.
2026-03-03 01:00:12 webfinance
  > delete Job finance-ldap-v1-resume-3, since its value is settled
  = finance-ldap: Generated, Fresh; version 1; issued 2026-03-01 00:00:00; next value 2027-02-28 19:19:46
2026-03-03 01:00:14 * the server has unlocked the account
2026-03-03 01:00:14 webfinance
  > record the progress of the hooks on Secret finance-unix
  = Rotating, Ready
  = finance-unix: Generated, Fresh; version 1; issued 2026-03-01 00:00:00; next value 2027-02-28 07:40:19; Unlocked in the target system.
2026-03-03 01:00:14 webfinance
  > delete Job finance-unix-v1-resume-2, since its value is settled
  = finance-unix: Generated, Fresh; version 1; issued 2026-03-01 00:00:00; next value 2027-02-28 07:40:19

until 2026-03-03 02:00:00: 1 looks by the clock, 28 actions
