# An identity gets its certificate from a CA of its namespace. The CA is renewed; what it signed before is shown
# until a new one is asked for. Then the certificate is not needed any more.
from: 2026-03-01T00:00:00Z
until: 2026-03-10T00:00:00Z
objects:
- apiVersion: credence.dev/v1alpha1
  kind: MachineIdentity
  metadata: {name: crm, uid: crm-1}
  spec:
    owner: {contact: alice@example.com}
    certificates:
    - name: crm-client
      issue: {issuerRef: {kind: Issuer, name: corp}, secretName: crm-client-tls, commonName: crm.sales, duration: 720h, renewBefore: 240h}
- apiVersion: cert-manager.io/v1
  kind: Issuer
  metadata: {name: corp}
  spec: {ca: {secretName: corp-ca}}
- apiVersion: cert-manager.io/v1
  kind: Certificate
  metadata: {name: corp-root}
  spec: {isCA: true, secretName: corp-ca, issuerRef: {name: self}}
  status: {conditions: [{type: Ready, status: "True"}], notBefore: "2026-01-01T00:00:00Z", notAfter: "2027-01-01T00:00:00Z"}
events:
- at: 2026-03-01T00:01:00Z
  say: cert-manager issues it
  apply: {kind: Certificate, metadata: {name: crm-client}, status: {conditions: [{type: Ready, status: "True"}], revision: 1, notBefore: "2026-03-01T00:01:00Z", notAfter: "2026-03-31T00:01:00Z", renewalTime: "2026-03-21T00:01:00Z"}}
- at: 2026-03-05T00:00:00Z
  say: the CA is renewed
  apply: {kind: Certificate, metadata: {name: corp-root}, status: {notBefore: "2026-03-05T00:00:00Z"}}
- at: 2026-03-06T00:00:00Z
  say: everybody knows the new CA, and alice asks for a new certificate
  apply: {kind: MachineIdentity, metadata: {name: crm, annotations: {credence.dev/rotate: new-ca}}}
- at: 2026-03-06T00:00:30Z
  say: cert-manager issues it anew
  apply: {kind: Certificate, metadata: {name: crm-client}, status: {conditions: [{type: Ready, status: "True"}], revision: 2, notBefore: "2026-03-06T00:00:30Z", notAfter: "2026-04-05T00:00:30Z", renewalTime: "2026-03-26T00:00:30Z"}}
- at: 2026-03-08T00:00:00Z
  say: it is not needed any more
  apply: {kind: MachineIdentity, metadata: {name: crm}, spec: {certificates: []}}
~~~
2026-03-01 00:00:00 crm
  > create Certificate crm-client, to be issued by Issuer corp
  = Active, not Ready (CertificateNotReady)
  = OwnerAssigned True, OwnerSet: The owner is alice@example.com.
  = CredentialsFresh False, CertificateNotReady: Certificate crm-client: Waiting for cert-manager to issue the certificate.
  = crm-client: Certificate, Pending; Waiting for cert-manager to issue the certificate.
2026-03-01 00:00:00 crm
  = CredentialsFresh False, CertificateNotReady: Certificate crm-client: cert-manager has not reconciled it yet.
  = crm-client: Certificate, Pending; cert-manager has not reconciled it yet.
2026-03-01 00:01:00 * cert-manager issues it
2026-03-01 00:01:00 crm
  = Active, Ready
  = crm-client: Certificate, Fresh; issued 2026-03-01 00:01:00; next value 2026-03-21 00:01:00; ends 2026-03-31 00:01:00
2026-03-05 00:00:00 * the CA is renewed
2026-03-05 00:00:00 crm
  = CredentialsFresh False, CAOutdated: Certificate crm-client was signed before its CA, Certificate sales/corp-root, was renewed at 2026-03-05T00:00:00Z. When its clients trust the new CA, re-issue it with the annotation credence.dev/rotate on the MachineIdentity.
2026-03-06 00:00:00 * everybody knows the new CA, and alice asks for a new certificate
2026-03-06 00:00:00.001 crm
  > request the renewal of Certificate crm-client from cert-manager
2026-03-06 00:00:30 * cert-manager issues it anew
2026-03-06 00:00:30 crm
  = crm-client: Certificate, Fresh; issued 2026-03-06 00:00:30; next value 2026-03-26 00:00:30; ends 2026-04-05 00:00:30
2026-03-08 00:00:00 * it is not needed any more
2026-03-08 00:00:00 crm
  > delete Certificate crm-client, since it is no longer in `spec.certificates`

until 2026-03-10 00:00:00: 1 looks by the clock, 3 actions
