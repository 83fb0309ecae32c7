// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.risk;

import static dev.credence.decide.risk.RiskCondition.can;
import static dev.credence.decide.risk.RiskCondition.canEverywhere;
import static dev.credence.decide.risk.RiskRule.rule;
import static dev.credence.decide.risk.SeverityByScope.always;
import static dev.credence.decide.risk.SeverityByScope.onlyPrivileged;
import static dev.credence.facts.policy.Severity.Critical;
import static dev.credence.facts.policy.Severity.High;
import static dev.credence.facts.policy.Severity.Low;
import static dev.credence.facts.policy.Severity.Medium;

import dev.credence.decide.risk.RiskCondition.Bound;
import dev.credence.decide.risk.RiskCondition.Leaf;
import dev.credence.decide.risk.RiskCondition.Written;
import dev.credence.decide.risk.RiskRule.Sort;
import dev.credence.facts.policy.PolicySections.Exemption;
import dev.credence.facts.policy.PolicySections.Privileges;
import dev.credence.facts.policy.Severity;
import dev.credence.facts.rbac.Access;
import dev.credence.facts.rbac.Grant;
import dev.credence.facts.rbac.PolicyRule;
import dev.credence.facts.rbac.Who;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Every risk that is looked for, in one table. The reference is made of it. An id never changes
/// and is never used again: policies name it in exceptions.
public final class RiskRules {
  private static final String RBAC = "rbac.authorization.k8s.io";
  private static final String AUTHENTICATION = "authentication.k8s.io";
  private static final String CERTIFICATES = "certificates.k8s.io";
  private static final String ADMISSION = "admissionregistration.k8s.io";
  private static final String CERT_MANAGER = "cert-manager.io";
  private static final String NETWORKING = "networking.k8s.io";
  private static final String OURS = "credence.dev";

  /// By whose certificates one acts as a user, or as a node.
  private static final String[] CLIENT_SIGNERS = {
    "kubernetes.io/kube-apiserver-client",
    "kubernetes.io/kube-apiserver-client-kubelet",
    "kubernetes.io/*"
  };

  private static final String[] CLUSTER_SIGNERS = {
    "kubernetes.io/kube-apiserver-client",
    "kubernetes.io/kube-apiserver-client-kubelet",
    "kubernetes.io/kubelet-serving",
    "kubernetes.io/*"
  };

  private static final String[] WRITE = {"create", "update", "patch"};
  private static final String[] CHANGE = {"update", "patch"};
  private static final String[] WRITE_OR_DELETE = {
    "create", "update", "patch", "delete", "deletecollection"
  };

  private static final String GOOD_PRACTICES = "Kubernetes RBAC good practices";

  static final RiskCondition EVERYTHING = can("*").of("*", "*");

  private static final RiskCondition MAY_BIND =
      can("bind").of(RBAC, "roles", "clusterroles").and(writesBindings());

  public static final List<RiskRule> ALL =
      List.of(
          rule(
                  "RBAC-CLUSTER-ADMIN",
                  "can do everything; grant only the permissions that it uses",
                  "CIS Kubernetes Benchmark 5.1.1; KubiScan; Kubescape C-0035, C-0185")
              .when(canEverywhere("*").of("*", "*"), always(Critical))
              .sort(Sort.Everything),
          rule(
                  "RBAC-WILDCARD-NS",
                  "can do everything in the namespace; grant only the permissions that it uses",
                  "CIS Kubernetes Benchmark 5.1.3; Krane")
              .when(EVERYTHING.without(canEverywhere("*").of("*", "*")), of(Critical, High))
              .sort(Sort.Everything),
          rule(
                  "RBAC-WILDCARD-VERB",
                  "a role grants the verbs `*`, which include escalate, bind and impersonate",
                  "CIS Kubernetes Benchmark 5.1.3; Kubescape C-0187")
              .when(
                  written(
                      "verbs `*` on Secrets, roles, bindings or pods",
                      rule -> saysAnyVerb(rule) && coversWhatMatters(rule)),
                  of(High, Medium))
              .when(written("verbs `*`", RiskRules::saysAnyVerb), of(Medium, Low)),
          rule(
                  "RBAC-WILDCARD-RESOURCE",
                  "a role grants the resources `*`, which include resources that are added later",
                  "CIS Kubernetes Benchmark 5.1.3; Kubescape C-0187")
              .when(
                  written(
                      "resources `*` of a group with Secrets, roles, bindings or pods",
                      rule -> saysAnyResource(rule) && coversWhatMatters(rule)),
                  of(High, Medium))
              .when(written("resources `*`", RiskRules::saysAnyResource), of(Medium, Low)),
          rule(
                  "RBAC-SECRETS-LIST",
                  "can read every Secret, since list and watch return the values",
                  GOOD_PRACTICES + ", Listing secrets; CIS Kubernetes Benchmark 5.1.2")
              .when(can("list", "watch").on("secrets"), of(Critical, High)),
          rule(
                  "RBAC-SECRETS-GET",
                  "can read any Secret whose name it knows; restrict the permission with resourceNames",
                  GOOD_PRACTICES + ", Listing secrets; CIS Kubernetes Benchmark 5.1.2")
              .when(can("get").on("secrets"), of(High, Medium))
              .excusedByNames(),
          rule(
                  "RBAC-SECRETS-WRITE",
                  "can replace values that other workloads read",
                  "Good practices for Kubernetes Secrets; CIS Kubernetes Benchmark 5.1.2")
              .when(can(WRITE).on("secrets"), of(High, Medium)),
          rule(
                  "RBAC-SECRETS-TOKEN-MINT",
                  "can create a Secret with a token of any ServiceAccount of the namespace and read it",
                  "Kubernetes documentation, Managing Service Accounts; rbac-police issue_token_secrets")
              .when(
                  can(WRITE).on("secrets").and(can("get", "list", "watch").on("secrets")),
                  of(Critical, High)),
          rule(
                  "RBAC-TOKEN-REQUEST",
                  "can request a token of another ServiceAccount and act as it",
                  GOOD_PRACTICES
                      + ", Token request; CIS Kubernetes Benchmark 5.1.13; Kubescape C-0282")
              .when(can("create").on("serviceaccounts/token").toOthers(), of(Critical, High)),
          rule(
                  "RBAC-ESCALATE",
                  "can add permissions to a role that it does not have itself",
                  GOOD_PRACTICES + ", Escalate verb; CIS Kubernetes Benchmark 5.1.8")
              .when(mayEscalate(), always(Critical)),
          rule(
                  "RBAC-BIND",
                  "can bind a role whose permissions it does not have itself",
                  GOOD_PRACTICES + ", Bind verb; CIS Kubernetes Benchmark 5.1.8")
              .when(MAY_BIND, always(Critical)),
          rule(
                  "RBAC-BIND-ADMIN",
                  "can bind cluster-admin",
                  GOOD_PRACTICES + ", Bind verb; CIS Kubernetes Benchmark 5.1.1, 5.1.8")
              .when(
                  can("bind")
                      .of(RBAC, "clusterroles")
                      .called("cluster-admin")
                      .and(writesBindings()),
                  always(Critical)),
          rule(
                  "RBAC-BINDING-WRITE",
                  "can grant its own permissions to other users, and revoke theirs",
                  "CIS Kubernetes Benchmark 5.1.8; kubesplaining-010")
              .when(writesBindings().without(MAY_BIND), of(High, Medium)),
          rule(
                  "RBAC-ROLE-WRITE",
                  "can change the permissions of other users, within its own permissions",
                  "CIS Kubernetes Benchmark 5.1.8; Krane")
              .when(
                  can(WRITE)
                      .of(RBAC, "roles")
                      .or(canEverywhere(WRITE).of(RBAC, "clusterroles"))
                      .without(mayEscalate()),
                  of(Medium, Medium)),
          rule(
                  "RBAC-IMPERSONATE",
                  "can act as another user",
                  GOOD_PRACTICES + ", Impersonate verb; CIS Kubernetes Benchmark 5.1.8")
              .when(canEverywhere("impersonate").on("users").toOthers(), always(Critical))
              .when(
                  canEverywhere("impersonate").on("groups").toOthers().together(impersonatesAny()),
                  always(Critical))
              .when(can("impersonate").on("serviceaccounts").toOthers(), of(Critical, High))
              .when(
                  new Written(
                          "impersonate on authentication.k8s.io/uids, userextras",
                          RiskRules::impersonatesExtras,
                          true)
                      .together(impersonatesAny()),
                  always(High))
              .when(
                  canEverywhere("impersonate").on("groups").toOthers(),
                  always(Low),
                  "can add groups to an impersonated user, which has no effect without the permission to impersonate a user"),
          rule(
                  "RBAC-IMPERSONATE-MASTERS",
                  "can act as system:masters, which no role and no admission policy restricts",
                  "CIS Kubernetes Benchmark 5.1.7, 5.1.8")
              .when(
                  canEverywhere("impersonate")
                      .on("groups")
                      .called("system:masters")
                      .together(impersonatesAny()),
                  always(Critical))
              .when(
                  canEverywhere("impersonate").on("groups").called("system:masters"),
                  always(Medium),
                  "can act as system:masters, which no role and no admission policy restricts, if it may impersonate any user or ServiceAccount, itself included"),
          rule(
                  "RBAC-IMPERSONATE-CONSTRAINED",
                  "can act as another user for some requests",
                  "KEP-5284")
              .when(
                  written(
                          "impersonate:* on authentication.k8s.io/users, groups, serviceaccounts, nodes",
                          RiskRules::impersonatesSome)
                      .and(written("impersonate-on:* on anything", RiskRules::impersonatesOn))
                      .since(1, 35),
                  always(Critical)),
          rule(
                  "RBAC-NODES-PROXY",
                  "can run commands in every pod of a node through its kubelet, without audit and admission",
                  GOOD_PRACTICES + ", Access to proxy subresource of nodes; CIS 5.1.10")
              .when(canEverywhere("get", "create").on("nodes/proxy"), always(Critical)),
          rule(
                  "RBAC-NODES-LOGS",
                  "can read the logs and the configuration of nodes",
                  "Kubernetes documentation, Kubelet authorization; KEP-2862")
              .when(
                  canEverywhere("get")
                      .on("nodes/log")
                      .or(canEverywhere("get").on("nodes/configz").since(1, 33)),
                  always(Medium)),
          rule(
                  "RBAC-CSR-APPROVE",
                  "can approve client certificates, with which a client acts as any user",
                  GOOD_PRACTICES
                      + ", CSRs and certificate issuing; CIS Kubernetes Benchmark 5.1.11; Kubescape C-0280")
              .when(
                  approves()
                      .and(canEverywhere("create").of(CERTIFICATES, "certificatesigningrequests"))
                      .and(ofSigners("approve", CLIENT_SIGNERS)),
                  always(Critical))
              .when(approves().and(ofSigners("approve", CLIENT_SIGNERS)), always(High))
              .when(
                  approves().and(ofSigners("approve", "kubernetes.io/kubelet-serving")),
                  always(Medium),
                  "can approve certificates with which a server acts as the kubelet of a node")
              .when(
                  approves().and(ofSigners("approve")),
                  always(Medium),
                  "can approve certificates of signers that the API server does not trust")
              .when(
                  approves(),
                  always(Low),
                  "can approve certificates, which has no effect without the permission to approve for a signer"),
          rule(
                  "RBAC-CSR-SIGN",
                  "can sign certificates as a signer of the cluster",
                  GOOD_PRACTICES + ", CSRs and certificate issuing; kubesplaining-024")
              .when(ofSigners("sign", CLUSTER_SIGNERS).and(writesCertificates()), always(Critical))
              .when(
                  ofSigners("sign").and(writesCertificates()),
                  always(Medium),
                  "can sign certificates as signers that the API server does not trust"),
          rule(
                  "RBAC-TRUST-BUNDLE",
                  "can change the certificate authorities that pods trust",
                  "KEP-3257")
              .when(canEverywhere(WRITE).of(CERTIFICATES, "clustertrustbundles"), always(High)),
          rule(
                  "RBAC-POD-CREATE",
                  "can start pods that act as any ServiceAccount of the namespace and read its Secrets",
                  GOOD_PRACTICES
                      + ", Workload creation; CIS Kubernetes Benchmark 5.1.4; Kubescape C-0188")
              .when(can("create").on("pods"), of(Critical, High)),
          rule(
                  "RBAC-WORKLOAD-WRITE",
                  "can create workloads whose pods act as any ServiceAccount of the namespace and read its Secrets",
                  GOOD_PRACTICES + ", Workload creation; CIS Kubernetes Benchmark 5.1.4")
              .when(
                  can(WRITE)
                      .of("apps", "deployments", "daemonsets", "statefulsets", "replicasets")
                      .of("batch", "cronjobs")
                      .on("replicationcontrollers")
                      // The template of a Job cannot be changed.
                      .or(can("create").of("batch", "jobs")),
                  of(Critical, High))
              .when(
                  can(WRITE).of("a kind that starts pods (see below)", OtherKinds.STARTING_PODS),
                  of(Critical, High)),
          rule(
                  "RBAC-POD-EXEC",
                  "can run commands in containers of other workloads and read their tokens",
                  "Kubescape C-0002; MITRE ATT&CK T1609")
              .when(
                  can("create")
                      .on("pods/exec", "pods/attach")
                      .or(can("get").on("pods/exec", "pods/attach").before(1, 35)),
                  of(Critical, High)),
          rule(
                  "RBAC-EPHEMERAL",
                  "can add a container to running pods",
                  "rbac-police; MITRE ATT&CK T1609")
              .when(can(CHANGE).on("pods/ephemeralcontainers"), of(Critical, High)),
          rule(
                  "RBAC-PORTFORWARD",
                  "can reach ports of pods that no Service and no NetworkPolicy opens",
                  "Kubescape C-0063")
              .when(
                  can("create")
                      .on("pods/portforward")
                      .or(can("get").on("pods/portforward").before(1, 35)),
                  always(Medium)),
          rule(
                  "RBAC-PROXY",
                  "can reach ports of pods and Services through the API server, which bypasses NetworkPolicies",
                  "Kubernetes documentation, Access Services Running on Clusters; rbac-tool")
              .when(
                  can("get", "create", "update", "patch", "delete")
                      .on("pods/proxy", "services/proxy"),
                  of(High, Medium)),
          rule(
                  "RBAC-POD-LOGS",
                  "can read container logs, which sometimes contain credentials",
                  "MITRE ATT&CK T1552")
              .when(can("get").on("pods/log"), of(Medium, Low)),
          rule(
                  "RBAC-POD-MODIFY",
                  "can change the image or the labels of running pods",
                  "rbac-police")
              .when(can(CHANGE).on("pods"), of(High, Medium)),
          rule(
                  "RBAC-WEBHOOKS",
                  "can read every object that is written, including Secrets, and change it with a mutating webhook",
                  GOOD_PRACTICES
                      + ", Control admission webhooks; CIS Kubernetes Benchmark 5.1.12; Kubescape C-0281")
              .when(
                  canEverywhere(WRITE).of(ADMISSION, "mutatingwebhookconfigurations"),
                  always(Critical))
              .when(
                  canEverywhere(WRITE).of(ADMISSION, "validatingwebhookconfigurations"),
                  always(High)),
          rule(
                  "RBAC-WEBHOOKS-DELETE",
                  "can disable the admission webhooks of the cluster",
                  "MITRE ATT&CK T1562; CIS Kubernetes Benchmark 5.1.12")
              .when(
                  canEverywhere("delete", "deletecollection")
                      .of(
                          ADMISSION,
                          "mutatingwebhookconfigurations",
                          "validatingwebhookconfigurations"),
                  always(High)),
          rule(
                  "RBAC-ADMISSION-POLICY",
                  "can disable or change the admission policies of the cluster, including those that suspend identities",
                  "KEP-3488; KEP-3962; rbac-tool")
              .when(
                  canEverywhere(WRITE_OR_DELETE)
                      .of(
                          ADMISSION,
                          "validatingadmissionpolicies",
                          "validatingadmissionpolicybindings",
                          "mutatingadmissionpolicies",
                          "mutatingadmissionpolicybindings"),
                  always(High)),
          rule(
                  "RBAC-PV-CREATE",
                  "can mount any directory of a node with a volume of type hostPath",
                  GOOD_PRACTICES
                      + ", Persistent volume creation; CIS Kubernetes Benchmark 5.1.9; Kubescape C-0278")
              .when(canEverywhere("create").on("persistentvolumes"), always(High)),
          rule(
                  "RBAC-VOLUME-COPY",
                  "can copy the volume of another workload and mount the copy",
                  "Kubernetes documentation, Volume Snapshots")
              .when(
                  can("create")
                      .of("snapshot.storage.k8s.io", "volumesnapshots")
                      .and(can("create").on("persistentvolumeclaims")),
                  of(High, Medium)),
          rule(
                  "RBAC-CSIDRIVER-WRITE",
                  "can make the kubelet pass the tokens of pods to a CSI driver",
                  "Kubernetes documentation, CSIDriver tokenRequests")
              .when(canEverywhere(WRITE).of("storage.k8s.io", "csidrivers"), always(High)),
          rule(
                  "RBAC-NAMESPACE-PATCH",
                  "can change the labels by which pod security, network and other policies select a namespace",
                  GOOD_PRACTICES + ", Namespace modification")
              .when(can(CHANGE).on("namespaces"), always(Medium)),
          rule(
                  "RBAC-NAMESPACE-DELETE",
                  "can delete a namespace with all of its objects",
                  "Kubescape C-0007; MITRE ATT&CK T1485")
              .when(can("delete").on("namespaces"), of(High, Medium)),
          rule(
                  "RBAC-APISERVICE",
                  "can answer requests in place of the API server and read the credentials of users",
                  "Kubernetes documentation, API Aggregation Layer; rbac-tool")
              .when(canEverywhere(WRITE).of("apiregistration.k8s.io", "apiservices"), always(High)),
          rule(
                  "RBAC-CRD-WRITE",
                  "can change or delete kinds that other controllers use; a conversion webhook reads their objects",
                  "Kubernetes documentation, CustomResourceDefinition versioning; rbac-tool")
              .when(
                  canEverywhere(WRITE).of("apiextensions.k8s.io", "customresourcedefinitions"),
                  always(Medium)),
          rule(
                  "RBAC-NODE-MANIP",
                  "can move pods of other workloads to a node where it reads their tokens",
                  "rbac-police steal_pods; kubesplaining-016")
              .when(
                  canEverywhere("delete")
                      .on("nodes")
                      .or(canEverywhere(CHANGE).on("nodes/status").and(can("delete").on("pods"))),
                  always(High)),
          rule(
                  "RBAC-NODE-LABEL",
                  "can change labels and taints of nodes, which separate pods",
                  "KEP-279; Kubernetes documentation, Using Node Authorization")
              .when(canEverywhere(CHANGE).on("nodes"), always(Medium)),
          rule(
                  "RBAC-DELETE-BULK",
                  "can delete the workloads, Secrets or data of every namespace",
                  "Kubescape C-0007; MITRE ATT&CK T1485")
              .when(
                  can("delete", "deletecollection")
                      .on("pods", "services", "secrets", "configmaps", "persistentvolumeclaims")
                      .of("apps", "deployments", "daemonsets", "statefulsets")
                      .of("batch", "jobs", "cronjobs"),
                  onlyPrivileged(Medium))
              .excusedByNames(),
          rule(
                  "RBAC-EVENTS-DELETE",
                  "can delete the Events that record its actions",
                  "Kubescape C-0031; MITRE ATT&CK T1070")
              .when(
                  can("delete", "deletecollection").on("events").of("events.k8s.io", "events"),
                  always(Medium)),
          rule(
                  "RBAC-KUBESYSTEM-CM",
                  "can change how names are resolved, how users are mapped, or which ServiceAccounts are suspended",
                  "Kubescape C-0037; rbac-police")
              .when(
                  can(CHANGE).on("configmaps").called("coredns", "aws-auth", "kube-proxy"),
                  onlyPrivileged(High))
              .when(can(CHANGE).of("credence.dev", "suspensionlists"), onlyPrivileged(High)),
          rule(
                  "RBAC-LEASES-KUBESYSTEM",
                  "can stop the scheduler, the controllers or this operator by taking their leader Lease",
                  "Kubernetes documentation, Leases; MITRE ATT&CK T1499")
              .when(
                  can("update", "patch", "delete")
                      .of("coordination.k8s.io", "leases")
                      .called("kube-scheduler", "kube-controller-manager", "credence"),
                  onlyPrivileged(High)),
          rule(
                  "RBAC-SERVICEACCOUNT-WRITE",
                  "can create undeclared ServiceAccounts, or add image pull credentials to existing ones",
                  "MITRE ATT&CK T1136")
              .when(can(WRITE).on("serviceaccounts"), of(Medium, Low)),
          rule(
                  "RBAC-ENDPOINTS-WRITE",
                  "can redirect the traffic of a Service to pods of other namespaces",
                  "CVE-2021-25740")
              .when(
                  can(WRITE).on("endpoints").of("discovery.k8s.io", "endpointslices"),
                  of(High, Medium)),
          rule(
                  "RBAC-SERVICE-WRITE",
                  "can intercept traffic for addresses outside the cluster, with externalIPs or the status of a load balancer",
                  "CVE-2020-8554")
              .when(can(WRITE).on("services").on("services/status"), of(Medium, Low)),
          rule(
                  "RBAC-INGRESS-WRITE",
                  "can expose workloads outside the cluster; some controllers execute annotations with all of their permissions",
                  "CVE-2021-25742")
              .when(
                  can(WRITE)
                      .of(NETWORKING, "ingresses")
                      .of("gateway.networking.k8s.io", "gateways", "httproutes"),
                  of(Medium, Low)),
          rule(
                  "RBAC-REFERENCE-GRANT",
                  "can let other namespaces use the Secrets and Services of this one",
                  "Gateway API, ReferenceGrant; KEP-3766")
              .when(
                  can(WRITE).of("gateway.networking.k8s.io", "referencegrants"), of(High, Medium)),
          rule(
                  "RBAC-NETWORKPOLICY-WRITE",
                  "can allow traffic that network policies deny",
                  "MITRE ATT&CK T1562; CIS Kubernetes Benchmark 5.3.2")
              .when(can(WRITE_OR_DELETE).of(NETWORKING, "networkpolicies"), of(High, Medium)),
          rule(
                  "RBAC-QUOTA-WRITE",
                  "can remove the quotas and limits of namespaces",
                  "Kubernetes documentation, Multi-tenancy; MITRE ATT&CK T1496")
              .when(can(WRITE_OR_DELETE).on("resourcequotas", "limitranges"), of(Medium, Low)),
          rule(
                  "RBAC-PRIORITY-WRITE",
                  "can create a priority class whose pods preempt all others",
                  "Kubernetes documentation, Pod Priority and Preemption")
              .when(
                  canEverywhere(WRITE).of("scheduling.k8s.io", "priorityclasses"), always(Medium)),
          rule(
                  "RBAC-FLOW-WRITE",
                  "can block other users, or the nodes, from the API server",
                  "KEP-1040; MITRE ATT&CK T1499")
              .when(
                  canEverywhere(WRITE_OR_DELETE)
                      .of(
                          "flowcontrol.apiserver.k8s.io",
                          "flowschemas",
                          "prioritylevelconfigurations"),
                  always(Medium)),
          rule(
                  "RBAC-CERTMGR-APPROVE",
                  "can approve certificates that cert-manager then issues",
                  "cert-manager documentation, CertificateRequest approval")
              .when(
                  canEverywhere("approve").of(CERT_MANAGER, "signers").and(answersRequests()),
                  always(High))
              .when(
                  answersRequests(),
                  always(Medium),
                  "can answer certificate requests as an issuer of cert-manager does")
              .when(
                  canEverywhere("approve").of(CERT_MANAGER, "signers"),
                  always(Low),
                  "can approve certificates of cert-manager, which has no effect without the permission to update certificaterequests/status"),
          rule(
                  "RBAC-CERTMGR-ISSUER",
                  "can change the issuer of the certificates of the namespace, or of all namespaces",
                  "cert-manager documentation, Issuer configuration")
              .when(canEverywhere(WRITE).of(CERT_MANAGER, "clusterissuers"), always(High))
              .when(can(WRITE).of(CERT_MANAGER, "issuers"), of(High, Medium)),
          rule(
                  "RBAC-EXTERNAL-SECRETS",
                  "can write any value of a connected store into a Secret",
                  "External Secrets Operator, Security Best Practices")
              .when(
                  canEverywhere(WRITE)
                      .of(
                          "external-secrets.io",
                          "clustersecretstores",
                          "clusterexternalsecrets",
                          "clusterpushsecrets"),
                  always(High))
              .when(
                  can(WRITE)
                      .of("external-secrets.io", "externalsecrets", "secretstores", "pushsecrets"),
                  of(High, Medium)),
          rule(
                  "RBAC-GITOPS-WRITE",
                  "can make a controller like Argo CD or Flux apply objects of any kind, with the permissions of that controller",
                  "Argo CD documentation, Security; Flux documentation, Multi-tenancy")
              .when(
                  can(WRITE)
                      .of(
                          "a kind whose controller applies any kind (see below)",
                          OtherKinds.APPLYING_ANYTHING),
                  of(Critical, High))
              .when(
                  can(CHANGE).of("a source that they read (see below)", OtherKinds.SOURCES),
                  of(Critical, High)),
          rule(
                  "RBAC-SELF-GOVERN",
                  "can approve, review or exempt machine identities, including itself; only people should",
                  "OWASP Non-Human Identities Top 10, NHI5")
              .when(
                  can("approve", "review")
                      .of(OURS, "machineidentities")
                      .or(can(CHANGE).of(OURS, "machineidentities/status"))
                      .or(canEverywhere(WRITE_OR_DELETE).of(OURS, "credentialpolicies")),
                  always(High)),
          rule(
                  "SUBJ-ANONYMOUS",
                  "needs no credential for this",
                  "CIS Kubernetes Benchmark 1.2.1; Krane")
              .when(
                  new Bound(
                      "a client without a credential may do more than read the ConfigMap cluster-info",
                      (who, grant) -> who instanceof Who.Anonymous && givesMoreThanInfo(grant)),
                  always(Critical))
              .sort(Sort.Bond),
          rule(
                  "SUBJ-ALL-SA",
                  "has a write permission together with all current and future ServiceAccounts; bind the ServiceAccount itself",
                  "CIS Kubernetes Benchmark 5.1.5; MITRE ATT&CK T1078")
              .when(
                  new Bound(
                      "a binding of the group system:serviceaccounts, system:serviceaccounts:… or system:authenticated grants a write permission",
                      (who, grant) ->
                          who instanceof Who.ServiceAccount && !grant.isDirect() && writes(grant)),
                  always(High))
              .sort(Sort.Bond),
          rule(
                  "SUBJ-DEFAULT-SA",
                  "is the ServiceAccount of every pod that names none; bind a separate ServiceAccount",
                  "CIS Kubernetes Benchmark 5.1.5; Kubescape C-0189")
              .when(
                  new Bound(
                      "a binding names the ServiceAccount `default`",
                      (who, grant) ->
                          who instanceof Who.ServiceAccount account
                              && account.name().equals("default")
                              && grant.isDirect()),
                  always(Medium))
              .sort(Sort.Bond),
          rule(
                  "SUBJ-DANGLING-ROLE",
                  "is bound to a role that does not exist, and gets the permissions of any role created with that name; delete the binding",
                  "kubesplaining STALE-001")
              .when(
                  new Bound(
                      "a binding of the ServiceAccount refers to a role that does not exist",
                      (who, grant) -> grant.isDirect() && grant.rules().isEmpty()),
                  always(Medium))
              .sort(Sort.Bond),
          rule(
                  "SUBJ-DANGLING-SA",
                  "does not exist and is bound, so a ServiceAccount created with that name gets the permissions; delete the binding, or create the ServiceAccount",
                  "kubesplaining STALE-002")
              .when(
                  new Bound(
                      "a binding refers to a ServiceAccount that does not exist",
                      (who, grant) ->
                          who instanceof Who.ServiceAccount account
                              && !account.there()
                              && grant.isDirect()),
                  always(High))
              .sort(Sort.Bond));

  /// The simple conditions of the table, each once.
  static final List<Leaf> LEAVES =
      Stream.concat(EVERYTHING.leaves(), ALL.stream().flatMap(RiskRule::leaves)).toList();

  private static final Set<String> IDS =
      ALL.stream().map(RiskRule::id).collect(Collectors.toUnmodifiableSet());

  public static boolean isKnown(String id) {
    return IDS.contains(id);
  }

  /// Exceptions of a policy that cannot be applied, in sentences.
  public static List<String> problems(Privileges privileges) {
    return privileges.exemptions().stream()
        .map(Exemption::rule)
        .filter(id -> !isKnown(id))
        .distinct()
        .map(
            id ->
                "`privileges.exceptions`: unknown rule '"
                    + id
                    + "'; docs/reference/risks.md lists them")
        .toList();
  }

  private static SeverityByScope of(Severity everywhere, Severity namespace) {
    return SeverityByScope.of(everywhere, namespace);
  }

  private static Written written(String text, Predicate<PolicyRule> how) {
    return new Written(text, how, false);
  }

  private static RiskCondition mayEscalate() {
    return can("escalate")
        .of(RBAC, "roles")
        .and(can(WRITE).of(RBAC, "roles"))
        .or(
            canEverywhere("escalate")
                .of(RBAC, "clusterroles")
                .and(canEverywhere(WRITE).of(RBAC, "clusterroles")));
  }

  private static RiskCondition writesBindings() {
    return can(WRITE)
        .of(RBAC, "rolebindings")
        .or(canEverywhere(WRITE).of(RBAC, "clusterrolebindings"));
  }

  /// The API server takes groups, a UID and extra fields of a user only with the user: whom one may
  /// impersonate, oneself included.
  private static RiskCondition impersonatesAny() {
    return canEverywhere("impersonate").on("users").or(can("impersonate").on("serviceaccounts"));
  }

  private static RiskCondition approves() {
    return canEverywhere(CHANGE).of(CERTIFICATES, "certificatesigningrequests/approval");
  }

  private static RiskCondition writesCertificates() {
    return canEverywhere(CHANGE).of(CERTIFICATES, "certificatesigningrequests/status");
  }

  /// The API server asks for a signer by its name, or by all of its domain.
  private static RiskCondition ofSigners(String verb, String... called) {
    return canEverywhere(verb).of(CERTIFICATES, "signers").called(called);
  }

  private static RiskCondition answersRequests() {
    return can(CHANGE).of(CERT_MANAGER, "certificaterequests/status");
  }

  private static boolean saysAnyVerb(PolicyRule rule) {
    return rule.verbs().contains(PolicyRule.ANY) && !isEverything(rule);
  }

  private static boolean saysAnyResource(PolicyRule rule) {
    return rule.resources().contains(PolicyRule.ANY) && !isEverything(rule);
  }

  private static boolean isEverything(PolicyRule rule) {
    return rule.allows(Access.to(PolicyRule.ANY, PolicyRule.ANY, PolicyRule.ANY, ""));
  }

  private static boolean coversWhatMatters(PolicyRule rule) {
    return rule.covers("", "secrets")
        || rule.covers("", "pods")
        || List.of("roles", "clusterroles", "rolebindings", "clusterrolebindings").stream()
            .anyMatch(resource -> rule.covers(RBAC, resource));
  }

  private static boolean impersonatesExtras(PolicyRule rule) {
    return rule.allowsVerb("impersonate")
        && (rule.covers(AUTHENTICATION, "uids")
            || (rule.covers(AUTHENTICATION, "userextras"))
            || ((rule.groups().contains(AUTHENTICATION) || rule.groups().contains(PolicyRule.ANY))
                && rule.resources().stream().anyMatch(name -> name.startsWith("userextras/"))));
  }

  private static boolean impersonatesSome(PolicyRule rule) {
    return saysVerb(rule, "impersonate:")
        && List.of("users", "groups", "serviceaccounts", "nodes").stream()
            .anyMatch(resource -> rule.covers(AUTHENTICATION, resource));
  }

  private static boolean impersonatesOn(PolicyRule rule) {
    return saysVerb(rule, "impersonate-on:");
  }

  private static boolean saysVerb(PolicyRule rule, String beginning) {
    return rule.verbs().stream()
        .anyMatch(verb -> verb.startsWith(beginning) || verb.equals(PolicyRule.ANY));
  }

  private static boolean writes(Grant grant) {
    return grant.rules().stream()
        .flatMap(List<PolicyRule>::stream)
        .filter(rule -> List.of(WRITE_OR_DELETE).stream().anyMatch(rule::allowsVerb))
        .anyMatch(rule -> !Harmless.is(rule));
  }

  /// Clusters of kubeadm let all users read the address of the cluster, so that nodes can join.
  private static boolean givesMoreThanInfo(Grant grant) {
    return grant.rules().stream()
        .flatMap(List<PolicyRule>::stream)
        .anyMatch(
            rule ->
                !(rule.names().equals(Set.of("cluster-info"))
                    && rule.verbs().equals(Set.of("get"))));
  }

  private RiskRules() {}
}
