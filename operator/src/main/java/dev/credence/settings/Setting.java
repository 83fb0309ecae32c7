// SPDX-License-Identifier: Apache-2.0
package dev.credence.settings;

/// All environment variables that the operator reads, with default, allowed values and description.
/// `make generate` writes the reference from this list.
public enum Setting {
  Namespace(
      "CREDENCE_NAMESPACE",
      "credence-system",
      "the name of a namespace",
      "The namespace of the operator, with its Lease and its lists of suspended ServiceAccounts."),
  WatchNamespaces(
      "CREDENCE_WATCH_NAMESPACES",
      "",
      "names of namespaces with commas between them",
      "The namespaces that the operator watches; empty: all."),
  Address(
      "CREDENCE_ADDRESS",
      "127.0.0.1",
      "an address of this machine",
      "The address at which the operator serves metrics and health checks. The chart sets 0.0.0.0."),
  Port("CREDENCE_PORT", "8080", "a port from 0 to 65535", "The port of metrics and health checks."),
  LeaderElection(
      "CREDENCE_LEADER_ELECTION",
      "true",
      "true or false",
      "Whether replicas elect a leader. Without leader election, run one replica."),
  LogFormat(
      "CREDENCE_LOG_FORMAT",
      "text",
      "text or json",
      "The format of the log: text lines or JSON objects."),
  LogLevel(
      "CREDENCE_LOG_LEVEL",
      "INFO",
      "ERROR, WARN, INFO, DEBUG or TRACE",
      "The log level of the operator. Its libraries log only warnings and errors."),
  ResyncInterval(
      "CREDENCE_RESYNC_INTERVAL",
      "10m",
      "a duration of at least 1s like 10m",
      "The interval of the periodic resync, in which the operator reconciles all identities again."),
  IdentitySeries(
      "CREDENCE_IDENTITY_SERIES",
      "0",
      "a number of identities, 0 for none",
      "The maximum number of identities with their own metric series."),
  ProblemSeries(
      "CREDENCE_PROBLEM_SERIES",
      "500",
      "a number of series from 0 to 10000",
      "The maximum number of metric series that name a problem of one identity or credential, the most severe problems first; 0: none, so that no alert names an object."),
  NeverSuspend(
      "CREDENCE_NEVER_SUSPEND",
      "",
      "namespaces, or ServiceAccounts as namespace/name, with commas between them",
      "ServiceAccounts that the operator never suspends, in addition to those of kube-system and of its own namespace."),
  SuspensionLimit(
      "CREDENCE_SUSPENSION_LIMIT",
      "1000",
      "a number of ServiceAccounts from 1 to 100000",
      "The maximum number of suspended ServiceAccounts in one namespace. The operator suspends no more, and their identities report the reason SuspensionLimit."),
  DiscoveryExclude(
      "CREDENCE_DISCOVERY_EXCLUDE",
      "kube-system,kube-public,kube-node-lease,*/default",
      "namespaces, ServiceAccounts as namespace/name, or as */name in every namespace, with commas between them",
      "Namespaces and ServiceAccounts that discovery excludes, in addition to the namespace of the operator. A value replaces the default exclusions."),
  ApiServer(
      "CREDENCE_API_SERVER",
      "",
      "an address like https://api.example.com:6443, or empty",
      "The address of the API server in generated kubeconfigs; empty: the address that the operator uses."),
  ApiServerCa(
      "CREDENCE_API_SERVER_CA",
      "",
      "certificates in PEM, or empty",
      "The certificate authorities in generated kubeconfigs, for a load balancer with its own certificate in front of the API server; empty: those that the operator trusts."),
  ApiServerSystemTrust(
      "CREDENCE_API_SERVER_SYSTEM_TRUST",
      "false",
      "true or false",
      "Whether generated kubeconfigs omit the certificate authority, so that clients use the trust store of their system. Use it for a load balancer with a public certificate. Cannot be combined with CREDENCE_API_SERVER_CA."),
  Reports(
      "CREDENCE_REPORTS",
      "false",
      "true or false",
      "Whether the operator writes an OpenReports Report, or a PolicyReport, in each namespace with identities. Requires the CRD of one of them."),
  ClusterResourceNamespace(
      "CREDENCE_CLUSTER_RESOURCE_NAMESPACE",
      "cert-manager",
      "the name of a namespace",
      "The namespace of the Secrets of ClusterIssuers (flag --cluster-resource-namespace of cert-manager). The operator needs it to find the CA of a ClusterIssuer."),
  Risk(
      "CREDENCE_RISK",
      "true",
      "true or false",
      "Whether the operator watches Roles and bindings to evaluate the permissions of ServiceAccounts. Without it the condition LeastPrivilege is absent."),
  RiskExclude(
      "CREDENCE_RISK_EXCLUDE",
      "",
      "bindings as ClusterRoleBinding/name, RoleBinding/namespace/name, or RoleBinding/*/name, with commas between them",
      "Bindings that the risk evaluation excludes, such as those that a distribution creates for all ServiceAccounts. The status of an identity lists its excluded bindings."),
  Tier(
      "CREDENCE_TIER",
      "Enforce",
      "Observe, Rotate or Enforce",
      "The actions that the operator may take. Observe: it only writes status and Events. Rotate: it also creates and rotates credentials. Enforce: all actions. It attempts no action beyond its tier.");

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
