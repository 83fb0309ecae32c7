# Two identities list the same ServiceAccount, and then the same generated Secret. The older one has
# them, nothing is written twice, and when it gives them up the other takes over what can be.
from: 2026-03-01T08:00:00Z
until: 2026-03-03T00:00:00Z
objects:
- apiVersion: v1
  kind: ServiceAccount
  metadata: {name: office-sync}
- apiVersion: credence.dev/v1alpha1
  kind: MachineIdentity
  metadata: {name: crm, creationTimestamp: "2025-01-01T00:00:00Z"}
  spec:
    owner: {contact: alice@example.com}
    serviceAccounts: [{name: office-sync}]
events:
- at: 2026-03-01T09:00:00Z
  say: a second identity lists the account, and a Secret of its own
  apply:
    apiVersion: credence.dev/v1alpha1
    kind: MachineIdentity
    metadata: {name: billing}
    spec:
      owner: {contact: bob@example.com}
      serviceAccounts: [{name: office-sync}]
      secrets:
      - name: office-db
        generate: {keys: [{name: password, password: {}}]}
- at: 2026-03-01T10:00:00Z
  say: the older identity wants a Secret of that name
  apply:
    kind: MachineIdentity
    metadata: {name: crm}
    spec:
      secrets:
      - name: office-db
        generate: {keys: [{name: password, password: {}}]}
- at: 2026-03-01T11:00:00Z
  say: the older identity gives in
  apply:
    kind: MachineIdentity
    metadata: {name: crm}
    spec: {serviceAccounts: null, secrets: null}
- at: 2026-03-02T10:00:00Z
  say: the younger identity is deleted, and its Secret with it
  delete: {kind: MachineIdentity, name: billing}
~~~
2026-03-01 08:00:00 crm
  > set the managed label and annotations of ServiceAccount office-sync
  = Active, Ready
  = OwnerAssigned True, OwnerSet: The owner is alice@example.com.
2026-03-01 09:00:00 * a second identity lists the account, and a Secret of its own
2026-03-01 09:00:00 billing
  > create Secret office-db with its first value
  = Active, not Ready (ClaimedByOther)
  = OwnerAssigned True, OwnerSet: The owner is bob@example.com.
  = MembersLinked False, ClaimedByOther: ServiceAccount office-sync belongs to MachineIdentity crm. List it in one identity only.
  = office-db: Generated, Fresh; version 1; issued 2026-03-01 09:00:00
2026-03-01 10:00:00 * the older identity wants a Secret of that name
2026-03-01 10:00:00 crm
  = Provisioning, not Ready (ClaimedByOther)
  = MembersLinked False, ClaimedByOther: Secret office-db belongs to MachineIdentity billing. List it in one identity only.
  = CredentialsFresh False, RotationDue: Secret office-db: The Secret belongs to MachineIdentity billing.
  = office-db: Generated, Pending; The Secret belongs to MachineIdentity billing.
2026-03-01 11:00:00 * the older identity gives in
2026-03-01 11:00:00 billing
  > set the managed label and annotations of ServiceAccount office-sync
  = Active, Ready
2026-03-01 11:00:00 crm
  = Active, Ready
2026-03-02 10:00:00 * the younger identity is deleted, and its Secret with it

until 2026-03-03 00:00:00: 0 looks by the clock, 3 actions
