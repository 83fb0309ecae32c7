// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.risk;

import java.util.List;

/// Custom resources, and resources of aggregated API servers, that are as powerful as the right to
/// create pods, or more: their controllers start what the object says. The reference has the same
/// tables, which are made of these lists. A kind need not be installed: a right may be older than
/// what it is for.
public final class OtherKinds {

  /// `resources`: as RBAC names them, with a subresource where that is what starts something.
  public record Kind(String project, String group, List<String> resources) {
    public Kind {
      resources = List.copyOf(resources);
    }
  }

  /// Their controllers start pods from a template that the object holds, or that it may change.
  public static final List<Kind> STARTING_PODS =
      List.of(
          kind("Actions Runner Controller", "actions.github.com", "autoscalingrunnersets"),
          kind("Actions Runner Controller", "actions.github.com", "ephemeralrunnersets"),
          kind("Actions Runner Controller", "actions.github.com", "ephemeralrunners"),
          kind("Actions Runner Controller", "actions.summerwind.dev", "runnerdeployments"),
          kind("Actions Runner Controller", "actions.summerwind.dev", "runnerreplicasets"),
          kind("Actions Runner Controller", "actions.summerwind.dev", "runners", "runnersets"),
          kind("Agent Sandbox", "agents.x-k8s.io", "sandboxes"),
          kind("Agent Sandbox", "extensions.agents.x-k8s.io", "sandboxtemplates"),
          kind("Agones", "agones.dev", "fleets", "gameservers", "gameserversets"),
          kind("Apache Camel K", "camel.apache.org", "integrations", "pipes"),
          kind("Apache Flink", "flink.apache.org", "flinkdeployments", "flinksessionjobs"),
          kind("Apache Spark", "spark.apache.org", "sparkapplications", "sparkclusters"),
          kind("AppWrapper", "workload.codeflare.dev", "appwrappers"),
          kind("Argo Events", "argoproj.io", "eventbus", "eventsources", "sensors"),
          kind("Argo Rollouts", "argoproj.io", "rollouts", "experiments", "analysisruns"),
          kind("Argo Rollouts", "argoproj.io", "analysistemplates", "clusteranalysistemplates"),
          kind("Argo Workflows", "argoproj.io", "workflows", "cronworkflows"),
          kind("Argo Workflows", "argoproj.io", "workflowtemplates", "clusterworkflowtemplates"),
          kind("CloudNativePG", "postgresql.cnpg.io", "clusters", "poolers"),
          kind("Crunchy Postgres", "postgres-operator.crunchydata.com", "postgresclusters"),
          kind("Dask", "kubernetes.dask.org", "daskclusters", "daskjobs", "daskworkergroups"),
          kind("DevWorkspace", "workspace.devfile.io", "devworkspaces", "devworkspacetemplates"),
          kind("Elastic", "agent.k8s.elastic.co", "agents"),
          kind("Elastic", "apm.k8s.elastic.co", "apmservers"),
          kind("Elastic", "beat.k8s.elastic.co", "beats"),
          kind("Elastic", "elasticsearch.k8s.elastic.co", "elasticsearches"),
          kind("Elastic", "kibana.k8s.elastic.co", "kibanas"),
          kind("Elastic", "logstash.k8s.elastic.co", "logstashes"),
          kind("GitLab Runner", "apps.gitlab.com", "runners"),
          kind("Grafana Operator", "grafana.integreatly.org", "grafanas"),
          kind("Grafana k6", "k6.io", "k6s", "testruns", "privateloadzones"),
          kind("Jaeger", "jaegertracing.io", "jaegers"),
          kind("Jenkins", "jenkins.io", "jenkins"),
          kind("JobSet", "jobset.x-k8s.io", "jobsets"),
          kind("KEDA", "keda.sh", "scaledjobs"),
          kind("KServe", "serving.kserve.io", "inferenceservices", "inferencegraphs"),
          kind("KServe", "serving.kserve.io", "llminferenceservices"),
          kind("KServe", "serving.kserve.io", "servingruntimes", "clusterservingruntimes"),
          kind("Keycloak", "k8s.keycloak.org", "keycloaks"),
          kind("Knative", "serving.knative.dev", "services", "configurations", "revisions"),
          kind("Knative", "sources.knative.dev", "containersources"),
          kind("Knative", "sinks.knative.dev", "jobsinks"),
          kind("KubeRay", "ray.io", "rayclusters", "rayjobs", "rayservices", "raycronjobs"),
          kind("KubeVirt", "cdi.kubevirt.io", "datavolumes"),
          kind("KubeVirt", "kubevirt.io", "virtualmachines", "virtualmachineinstances"),
          kind("KubeVirt", "kubevirt.io", "virtualmachineinstancereplicasets"),
          kind("KubeVirt", "pool.kubevirt.io", "virtualmachinepools"),
          kind("Kubeflow", "kubeflow.org", "jaxjobs", "mpijobs", "mxjobs", "paddlejobs"),
          kind("Kubeflow", "kubeflow.org", "pytorchjobs", "tfjobs", "xgboostjobs"),
          kind("Kubeflow", "kubeflow.org", "experiments", "notebooks", "scheduledworkflows"),
          kind("Kubeflow", "kubeflow.org", "trials"),
          kind("Kubeflow", "tensorboard.kubeflow.org", "tensorboards"),
          kind("Kubeflow", "trainer.kubeflow.org", "trainjobs", "trainingruntimes"),
          kind("Kubeflow", "trainer.kubeflow.org", "clustertrainingruntimes"),
          kind("LeaderWorkerSet", "leaderworkerset.x-k8s.io", "leaderworkersets"),
          kind("MongoDB", "mongodbcommunity.mongodb.com", "mongodbcommunity"),
          kind("OpenFaaS", "openfaas.com", "functions"),
          kind("OpenKruise", "apps.kruise.io", "advancedcronjobs", "broadcastjobs", "clonesets"),
          kind("OpenKruise", "apps.kruise.io", "daemonsets", "ephemeraljobs", "sidecarsets"),
          kind("OpenKruise", "apps.kruise.io", "statefulsets", "uniteddeployments"),
          kind("OpenShift", "apps.openshift.io", "deploymentconfigs"),
          kind("OpenShift", "build.openshift.io", "buildconfigs", "builds"),
          kind("OpenShift", "build.openshift.io", "buildconfigs/instantiate"),
          kind("OpenShift", "build.openshift.io", "buildconfigs/instantiatebinary"),
          kind("OpenShift", "build.openshift.io", "builds/clone"),
          kind("OpenTelemetry", "opentelemetry.io", "instrumentations", "opentelemetrycollectors"),
          kind("Postgres Operator (Zalando)", "acid.zalan.do", "postgresqls"),
          kind("Prometheus Operator", "monitoring.coreos.com", "alertmanagers", "prometheuses"),
          kind("Prometheus Operator", "monitoring.coreos.com", "prometheusagents", "thanosrulers"),
          kind("RabbitMQ", "rabbitmq.com", "rabbitmqclusters"),
          kind("Seldon", "machinelearning.seldon.io", "seldondeployments"),
          kind("Shipwright", "shipwright.io", "builds", "buildruns", "buildstrategies"),
          kind("Shipwright", "shipwright.io", "clusterbuildstrategies"),
          kind("Spark Operator", "sparkoperator.k8s.io", "scheduledsparkapplications"),
          kind("Spark Operator", "sparkoperator.k8s.io", "sparkapplications", "sparkconnects"),
          kind("Strimzi", "core.strimzi.io", "strimzipodsets"),
          kind("Strimzi", "kafka.strimzi.io", "kafkabridges", "kafkaconnects", "kafkas"),
          kind("Strimzi", "kafka.strimzi.io", "kafkamirrormaker2s", "kafkamirrormakers"),
          kind("Strimzi", "kafka.strimzi.io", "kafkanodepools"),
          kind("Tekton", "tekton.dev", "clustertasks", "customruns", "pipelineruns", "pipelines"),
          kind("Tekton", "tekton.dev", "runs", "stepactions", "taskruns", "tasks"),
          kind("Tekton", "triggers.tekton.dev", "clustertriggerbindings", "eventlisteners"),
          kind("Tekton", "triggers.tekton.dev", "triggers", "triggertemplates"),
          kind("Testkube", "testworkflows.testkube.io", "testworkflows", "testworkflowexecutions"),
          kind("Testkube", "testworkflows.testkube.io", "testworkflowtemplates"),
          kind("Volcano", "batch.volcano.sh", "cronjobs", "jobs"),
          kind("Volcano", "flow.volcano.sh", "jobflows", "jobtemplates"),
          kind("kpack", "kpack.io", "builds", "images"));

  /// Their controllers apply objects of any kind that the object names or leads to, with the rights
  /// of the controller.
  public static final List<Kind> APPLYING_ANYTHING =
      List.of(
          kind("Argo CD", "argoproj.io", "applications", "applicationsets", "appprojects"),
          kind("Carvel", "kappctrl.k14s.io", "apps"),
          kind("Carvel", "packaging.carvel.dev", "packageinstalls"),
          kind("Crossplane", "apiextensions.crossplane.io", "compositions"),
          kind("Crossplane", "helm.crossplane.io", "releases"),
          kind("Crossplane", "helm.m.crossplane.io", "releases"),
          kind("Crossplane", "kubernetes.crossplane.io", "objects"),
          kind("Crossplane", "kubernetes.m.crossplane.io", "objects"),
          kind("Crossplane", "pkg.crossplane.io", "configurations", "functions", "providers"),
          kind("Fleet", "fleet.cattle.io", "bundles", "gitrepos", "helmops"),
          kind("Flux", "fluxcd.controlplane.io", "resourcesets"),
          kind("Flux", "helm.toolkit.fluxcd.io", "helmreleases"),
          kind("Flux", "kustomize.toolkit.fluxcd.io", "kustomizations"),
          kind("K3s, RKE2", "helm.cattle.io", "helmchartconfigs", "helmcharts"),
          kind("K3s, RKE2", "k3s.cattle.io", "addons"),
          kind("Open Cluster Management", "work.open-cluster-management.io", "manifestworks"),
          kind("Operator Lifecycle Manager", "olm.operatorframework.io", "clusterextensions"),
          kind("Operator Lifecycle Manager", "operators.coreos.com", "clusterserviceversions"),
          kind("Operator Lifecycle Manager", "operators.coreos.com", "installplans"),
          kind("Operator Lifecycle Manager", "operators.coreos.com", "subscriptions"),
          kind("Velero", "velero.io", "restores"));

  /// The sources of the objects of the table above: changing them changes what is applied.
  static final List<Kind> SOURCES =
      List.of(
          kind("Flux", "source.toolkit.fluxcd.io", "buckets", "gitrepositories"),
          kind("Flux", "source.toolkit.fluxcd.io", "helmcharts", "helmrepositories"),
          kind("Flux", "source.toolkit.fluxcd.io", "ocirepositories"),
          kind("Operator Lifecycle Manager", "operators.coreos.com", "catalogsources"));

  private static Kind kind(String project, String group, String... resources) {
    return new Kind(project, group, List.of(resources));
  }

  private OtherKinds() {}
}
