// SPDX-License-Identifier: Apache-2.0
package dev.credence.settings;

/// Every environment variable that the operator reads: its default, what it may be and what it is
/// for. The reference is made of this list.
public enum Setting {
  Namespace(
      "CREDENCE_NAMESPACE",
      "credence-system",
      "the name of a namespace",
      "The operator's own namespace: its Lease and its list of suspended accounts are there."),
  WatchNamespaces(
      "CREDENCE_WATCH_NAMESPACES",
      "",
      "names of namespaces with commas between them",
      "The namespaces whose identities are looked after; empty: all."),
  Address(
      "CREDENCE_ADDRESS",
      "127.0.0.1",
      "an address of this machine",
      "Where metrics and health are served; in a pod the chart says 0.0.0.0."),
  Port("CREDENCE_PORT", "8080", "a port from 0 to 65535", "The port of metrics and health."),
  LeaderElection(
      "CREDENCE_LEADER_ELECTION",
      "true",
      "true or false",
      "Whether replicas agree on one that acts. Without it there must be one replica."),
  LogFormat("CREDENCE_LOG_FORMAT", "text", "text or json", "Lines for people or JSON objects."),
  LogLevel(
      "CREDENCE_LOG_LEVEL",
      "INFO",
      "ERROR, WARN, INFO, DEBUG or TRACE",
      "How much the operator says; its libraries say warnings and errors alone."),
  ResyncInterval(
      "CREDENCE_RESYNC_INTERVAL",
      "10m",
      "a duration of at least 1s like 10m",
      "How often every identity is looked at again, by the clock of the wall."),
  IdentitySeries(
      "CREDENCE_IDENTITY_SERIES",
      "0",
      "a number of identities, 0 for none",
      "For how many identities there are metrics of their own."),
  NeverSuspend(
      "CREDENCE_NEVER_SUSPEND",
      "",
      "namespaces, or ServiceAccounts as namespace/name, with commas between them",
      "Whose ServiceAccounts are never suspended, beside those of kube-system and of the operator's own namespace."),
  SuspensionLimit(
      "CREDENCE_SUSPENSION_LIMIT",
      "1000",
      "a number of ServiceAccounts from 1 to 100000",
      "How many ServiceAccounts of one namespace can be suspended at a time. What is beyond it is not suspended, and its identity has the reason SuspensionLimit."),
  DiscoveryExclude(
      "CREDENCE_DISCOVERY_EXCLUDE",
      "kube-system,kube-public,kube-node-lease,*/default",
      "namespaces, ServiceAccounts as namespace/name, or as */name in every namespace, with commas between them",
      "What discovery leaves apart, since Kubernetes brings it; the operator's own namespace always is. What is set replaces the default."),
  ApiServer(
      "CREDENCE_API_SERVER",
      "",
      "an address like https://api.example.com:6443, or empty",
      "The address of the API server that goes into generated kubeconfigs; empty: the one that the operator itself uses."),
  ApiServerCa(
      "CREDENCE_API_SERVER_CA",
      "",
      "certificates in PEM, or empty",
      "The certificate authorities that go into generated kubeconfigs, where something in front of the API server has a certificate of its own; empty: those that the operator itself trusts."),
  ApiServerSystemTrust(
      "CREDENCE_API_SERVER_SYSTEM_TRUST",
      "false",
      "true or false",
      "Whether generated kubeconfigs name no certificate authority, so that clients use the trust store of their system: for a load balancer with a public certificate. Excludes CREDENCE_API_SERVER_CA."),
  Reports(
      "CREDENCE_REPORTS",
      "false",
      "true or false",
      "Whether each namespace with identities gets an OpenReports Report, or a PolicyReport, where the API server knows them."),
  ClusterResourceNamespace(
      "CREDENCE_CLUSTER_RESOURCE_NAMESPACE",
      "cert-manager",
      "the name of a namespace",
      "Where cert-manager keeps the Secrets of ClusterIssuers (its --cluster-resource-namespace): by it the CA of a ClusterIssuer is known."),
  Risk(
      "CREDENCE_RISK",
      "true",
      "true or false",
      "Whether roles and bindings are watched, to tell what accounts may do; without it LeastPrivilege is Unknown."),
  RiskExclude(
      "CREDENCE_RISK_EXCLUDE",
      "",
      "bindings as ClusterRoleBinding/name, RoleBinding/namespace/name, or RoleBinding/*/name, with commas between them",
      "Bindings that are not judged, like those that a distribution makes for every account. The status of an identity says which of its bindings were left out."),
  Tier(
      "CREDENCE_TIER",
      "Enforce",
      "Observe, Rotate or Enforce",
      "What the operator is there to do: Observe writes nothing but status and Events, Rotate makes and replaces credentials, Enforce does everything. What is beyond it is not tried.");

  private final String variable;
  private final String otherwise;
  private final String wanted;
  private final String about;

  Setting(String variable, String otherwise, String wanted, String about) {
    this.variable = variable;
    this.otherwise = otherwise;
    this.wanted = wanted;
    this.about = about;
  }

  public String variable() {
    return variable;
  }

  /// The default.
  public String otherwise() {
    return otherwise;
  }

  /// The allowed values, for the sentence `… must be …`.
  public String wanted() {
    return wanted;
  }

  public String about() {
    return about;
  }
}
