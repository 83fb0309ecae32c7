# A password that the database must know: each new value is staged, applied, verified and only then
# put in place; the old one is ended when its overlap is over and the only consumer has moved.
from: 2026-03-01T00:00:00Z
until: 2026-03-14T00:00:00Z
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
- apiVersion: apps/v1
  kind: Deployment
  metadata: {name: crm-web}
  spec: {replicas: 1, template: {spec: {volumes: [{name: db, secret: {secretName: crm-db}}]}}}
  status: {observedGeneration: 1, replicas: 1, updatedReplicas: 1, availableReplicas: 1}
- apiVersion: v1
  kind: Pod
  metadata:
    name: crm-web-5d9-a
    labels: {pod-template-hash: 5d9}
    ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: crm-web-5d9, uid: crm-web-5d9-1, controller: true}]
  spec: {volumes: [{name: db, secret: {secretName: crm-db}}]}
events:
- at: 2026-03-01T00:00:20Z
  say: the database has the first password
  apply: {kind: Job, metadata: {name: crm-db-v1-apply-1}, status: {conditions: [{type: Complete, status: "True", lastTransitionTime: "2026-03-01T00:00:20Z"}]}}
- at: 2026-03-01T00:00:30Z
  say: it opens the database
  apply: {kind: Job, metadata: {name: crm-db-v1-verify-1}, status: {conditions: [{type: Complete, status: "True", lastTransitionTime: "2026-03-01T00:00:30Z"}]}}
- at: 2026-03-11T00:00:50Z
  say: the database has the second password
  apply: {kind: Job, metadata: {name: crm-db-v2-apply-1}, status: {conditions: [{type: Complete, status: "True", lastTransitionTime: "2026-03-11T00:00:50Z"}]}}
- at: 2026-03-11T00:01:00Z
  say: it opens the database
  apply: {kind: Job, metadata: {name: crm-db-v2-verify-1}, status: {conditions: [{type: Complete, status: "True", lastTransitionTime: "2026-03-11T00:01:00Z"}]}}
- at: 2026-03-12T09:00:00Z
  say: crm-web is deployed anew
  apply:
    apiVersion: v1
    kind: Pod
    metadata:
      name: crm-web-5d9-b
      labels: {pod-template-hash: 5d9}
      ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: crm-web-5d9, uid: crm-web-5d9-1, controller: true}]
    spec: {volumes: [{name: db, secret: {secretName: crm-db}}]}
- at: 2026-03-12T09:00:10Z
  say: its old pod is gone
  delete: {kind: Pod, name: crm-web-5d9-a}
- at: 2026-03-12T09:00:20Z
  say: the database has forgotten the first password
  apply: {kind: Job, metadata: {name: crm-db-v1-revoke-1}, status: {conditions: [{type: Complete, status: "True", lastTransitionTime: "2026-03-12T09:00:20Z"}]}}
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
2026-03-11 00:00:50 * the database has the second password
2026-03-11 00:00:50 crm
  > start the verify hook of Secret crm-db: CronJob crm-db-verify
  = CredentialsFresh False, RotationDue: Secret crm-db: Version 2: waiting for Job crm-db-v2-verify-1.
  = crm-db: Generated, Verifying; version 1; issued 2026-03-01 00:00:30; next value 2026-03-11 00:00:30; Version 2: waiting for Job crm-db-v2-verify-1.
2026-03-11 00:01:00 * it opens the database
2026-03-11 00:01:00 crm
  > activate the verified value of Secret crm-db, due since 2026-03-11T00:00:30Z
  = crm-db: Generated, Overlapping; version 2; issued 2026-03-11 00:01:00; next value 2026-03-21 00:01:00; the previous value stays until 2026-03-12 00:01:00
2026-03-11 00:01:00 crm
  > delete Secret crm-db-pending, since its value is active, or no longer requested
2026-03-11 00:01:00 crm
  > delete Job crm-db-v2-apply-1, since its value is settled
  > delete Job crm-db-v2-verify-1, since its value is settled
2026-03-12 00:01:00 crm
  = CredentialsFresh False, ConsumersPending: Secret crm-db: Waiting for Deployment sales/crm-web (its pods started before the rotation). The operator removes the previous value at 2026-03-18T00:01:00Z, even if consumers still use it.
  = crm-db: Generated, Overlapping; version 2; issued 2026-03-11 00:01:00; next value 2026-03-21 00:01:00; the previous value stays until 2026-03-18 00:01:00; Waiting for Deployment sales/crm-web (its pods started before the rotation). The operator removes the previous value at 2026-03-18T00:01:00Z, even if consumers still use it.
2026-03-12 09:00:00 * crm-web is deployed anew
2026-03-12 09:00:10 * its old pod is gone
2026-03-12 09:00:10 crm
  > start to revoke the previous value of Secret crm-db
  = crm-db: Generated, Retiring; version 2; issued 2026-03-11 00:01:00; next value 2026-03-21 00:01:00; the previous value stays until 2026-03-12 00:01:00; Revoking the previous value.
2026-03-12 09:00:10 crm
  > start the revoke hook of Secret crm-db: CronJob crm-db-revoke
  = crm-db: Generated, Retiring; version 2; issued 2026-03-11 00:01:00; next value 2026-03-21 00:01:00; the previous value stays until 2026-03-12 00:01:00; Version 1: waiting for Job crm-db-v1-revoke-1.
2026-03-12 09:00:20 * the database has forgotten the first password
2026-03-12 09:00:20 crm
  > remove the previous value of Secret crm-db
  = Active, Ready
  = crm-db: Generated, Fresh; version 2; issued 2026-03-11 00:01:00; next value 2026-03-21 00:01:00
2026-03-12 09:00:20 crm
  > delete Job crm-db-v1-revoke-1, since its value is settled

until 2026-03-14 00:00:00: 553 looks by the clock, 18 actions
