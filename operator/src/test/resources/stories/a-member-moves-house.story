# A ServiceAccount goes from one identity to another, first both list it, then the new one alone,
# then nobody: its marks follow.
from: 2026-03-01T00:00:00Z
until: 2026-03-04T00:00:00Z
objects:
- {apiVersion: v1, kind: ServiceAccount, metadata: {name: office-sync}}
- apiVersion: credence.dev/v1alpha1
  kind: MachineIdentity
  metadata: {name: crm, creationTimestamp: "2025-01-01T00:00:00Z"}
  spec: {owner: {contact: alice@example.com, team: sales}, serviceAccounts: [{name: office-sync}]}
- apiVersion: credence.dev/v1alpha1
  kind: MachineIdentity
  metadata: {name: billing, creationTimestamp: "2025-02-01T00:00:00Z"}
  spec: {owner: {contact: bob@example.com}}
events:
- at: 2026-03-01T10:00:00Z
  say: the new identity lists it
  apply: {kind: MachineIdentity, metadata: {name: billing}, spec: {serviceAccounts: [{name: office-sync}]}}
- at: 2026-03-01T11:00:00Z
  say: the old one no longer does
  apply: {kind: MachineIdentity, metadata: {name: crm}, spec: {serviceAccounts: null}}
- at: 2026-03-01T12:00:00Z
  say: nor does the new one
  apply: {kind: MachineIdentity, metadata: {name: billing}, spec: {serviceAccounts: null}}
~~~
2026-03-01 00:00:00 billing
  = Active, Ready
  = OwnerAssigned True, OwnerSet: The owner is bob@example.com.
2026-03-01 00:00:00 crm
  > set the managed label and annotations of ServiceAccount office-sync
  = Active, Ready
  = OwnerAssigned True, OwnerSet: The owner is alice@example.com.
2026-03-01 10:00:00 * the new identity lists it
2026-03-01 10:00:00 billing
  = Active, not Ready (ClaimedByOther)
  = MembersLinked False, ClaimedByOther: ServiceAccount office-sync belongs to MachineIdentity crm. List it in one identity only.
2026-03-01 11:00:00 * the old one no longer does
2026-03-01 11:00:00 billing
  > set the managed label and annotations of ServiceAccount office-sync
  = Active, Ready
2026-03-01 12:00:00 * nor does the new one
2026-03-01 12:00:00 billing
  > remove the managed label and annotations of ServiceAccount office-sync

until 2026-03-04 00:00:00: 0 looks by the clock, 3 actions
