# Alice leaves. Her identity falls back to the owner of the namespace, until Carol takes over. On
# one member Argo CD states the owner from Git; that is said and left.
from: 2026-03-01T00:00:00Z
until: 2026-04-01T00:00:00Z
objects:
- apiVersion: v1
  kind: Namespace
  metadata: {name: sales}
- apiVersion: credence.dev/v1alpha1
  kind: CredentialPolicy
  metadata: {name: production}
  spec: {enforcement: Enforce, owner: {required: true, contactPattern: '[^@ ]+@example\.com'}}
- {apiVersion: v1, kind: ServiceAccount, metadata: {name: crm-sync}}
- {apiVersion: v1, kind: Secret, metadata: {name: crm-smtp}}
- apiVersion: credence.dev/v1alpha1
  kind: MachineIdentity
  metadata: {name: crm}
  spec:
    owner: {team: sales-platform, contact: alice@example.com}
    serviceAccounts: [{name: crm-sync}]
    secrets: [{name: crm-smtp}]
events:
- at: 2026-03-05T09:00:00Z
  say: Git states an owner on the Secret
  apply: {kind: Secret, metadata: {name: crm-smtp, annotations: {credence.dev/owner: team-mail@example.com}}}
- at: 2026-03-10T09:00:00Z
  say: Alice has left and is taken out of the spec
  apply: {kind: MachineIdentity, metadata: {name: crm}, spec: {owner: {contact: null}}}
- at: 2026-03-11T09:00:00Z
  say: the namespace gets an owner
  apply: {kind: Namespace, metadata: {name: sales, annotations: {credence.dev/owner: bob@example.com}}}
- at: 2026-03-20T09:00:00Z
  say: Carol takes over, with a typing error
  apply: {kind: MachineIdentity, metadata: {name: crm}, spec: {owner: {contact: carol@example.org}}}
- at: 2026-03-20T09:02:00Z
  say: the error is mended
  apply: {kind: MachineIdentity, metadata: {name: crm}, spec: {owner: {contact: carol@example.com}}}
- at: 2026-03-25T09:00:00Z
  say: Git no longer states an owner
  apply: {kind: Secret, metadata: {name: crm-smtp, annotations: {credence.dev/owner: null}}}
~~~
2026-03-01 00:00:00 crm
  > set the managed label and annotations of ServiceAccount crm-sync
  > set the managed label and annotations of Secret crm-smtp
  = Active, Ready
  = OwnerAssigned True, OwnerSet: The owner is alice@example.com.
  = crm-smtp: Linked, Fresh
2026-03-05 09:00:00 * Git states an owner on the Secret
2026-03-05 09:00:00 crm
  = MembersLinked True, Linked: Secret crm-smtp: The annotation credence.dev/owner was set to 'team-mail@example.com' by another writer. The operator does not overwrite it.
2026-03-10 09:00:00 * Alice has left and is taken out of the spec
2026-03-10 09:00:00 crm
  > set the managed label and annotations of ServiceAccount crm-sync
  = Active, not Ready (OwnerMissing)
  = OwnerAssigned False, OwnerMissing: No owner. Set `spec.owner.contact`, or annotate the namespace with credence.dev/owner.
2026-03-11 09:00:00 * the namespace gets an owner
2026-03-11 09:00:00 crm
  > set the managed label and annotations of ServiceAccount crm-sync
  = Active, Ready
  = OwnerAssigned True, OwnerSet: The owner is bob@example.com (annotation of the namespace).
  = MembersLinked True, Linked: Secret crm-smtp: The annotation credence.dev/owner was set to 'team-mail@example.com' by another writer. The operator does not overwrite it.
2026-03-20 09:00:00 * Carol takes over, with a typing error
2026-03-20 09:00:00 crm
  > set the managed label and annotations of ServiceAccount crm-sync
  = Active, not Ready (OwnerInvalid)
  = OwnerAssigned False, OwnerInvalid: The contact 'carol@example.org' does not match the pattern `[^@ ]+@example\.com` of policy production.
2026-03-20 09:02:00 * the error is mended
2026-03-20 09:02:00 crm
  > set the managed label and annotations of ServiceAccount crm-sync
  = Active, Ready
  = OwnerAssigned True, OwnerSet: The owner is carol@example.com.
2026-03-25 09:00:00 * Git no longer states an owner
2026-03-25 09:00:00 crm
  > set the managed label and annotations of Secret crm-smtp

until 2026-04-01 00:00:00: 0 looks by the clock, 7 actions
