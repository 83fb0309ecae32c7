// SPDX-License-Identifier: Apache-2.0
package dev.credence.client;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.credence.api.Api;
import dev.credence.metrics.Counters;
import dev.credence.metrics.RequestCount;
import dev.credence.raw.DurationText;
import io.fabric8.kubernetes.api.model.NamespaceList;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.SecretList;
import io.fabric8.kubernetes.api.model.ServiceAccountList;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionList;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.List;
import java.util.stream.Stream;

/// The two clients: one for everything, one that is answered with metadata only.
///
/// Both recover within seconds: few retries inside a request (the leader's renewals must fail
/// before its lease ends), a short way back to a lost watch. Fields and enum values of a newer
/// schema are skipped, so that one stored object cannot stop a watch.
public record Clients(KubernetesClient full, KubernetesClient metadata) implements AutoCloseable {
  private static final int RETRIES_IN_A_REQUEST = 3;
  private static final int MILLIS_TO_RECONNECT = 200;
  private static final int MILLIS_TO_CONNECT = 5_000;

  public static Clients of(Counters counters) {
    var config =
        new ConfigBuilder(Config.autoConfigure(null))
            .withUserAgent(Api.MANAGER)
            .withRequestRetryBackoffLimit(RETRIES_IN_A_REQUEST)
            .withWatchReconnectInterval(MILLIS_TO_RECONNECT)
            // Requests of HTTP/2 share one connection, and a request that gets no answer ends only
            // itself: where packets are lost, all later ones would go the same way for a quarter of
            // an hour. In HTTP/1.1 it ends its connection, and the next one has another.
            .withHttp2Disable(true)
            .build();
    var http = new WebSocketPing();
    var objects = serialization();
    var pages = new PageSize();
    var metadataPages = new PageSize();
    return new Clients(
        builder(config, objects)
            .withHttpClientFactory(http)
            .withHttpClientBuilderConsumer(
                client -> {
                  client.addOrReplaceInterceptor("count", new RequestCount(counters));
                  client.addOrReplaceInterceptor("pages", pages);
                })
            .build(),
        builder(config, objects)
            .withHttpClientFactory(http)
            .withHttpClientBuilderConsumer(
                client -> {
                  client.addOrReplaceInterceptor("count", new RequestCount(counters));
                  client.addOrReplaceInterceptor("metadata-only", new MetadataOnly());
                  client.addOrReplaceInterceptor("metadata-pages", metadataPages);
                })
            .build());
  }

  /// Clients for a command that a user waits for: they retry once and then report that there is no
  /// answer.
  public static Clients of(Config config) {
    return of(config, Api.MANAGER);
  }

  /// The same, with another User-Agent.
  public static Clients of(Config config, String agent) {
    var patient =
        new ConfigBuilder(config)
            .withUserAgent(agent)
            .withRequestRetryBackoffLimit(1)
            .withConnectionTimeout(MILLIS_TO_CONNECT)
            .build();
    var objects = serialization();
    return new Clients(
        builder(patient, objects).build(),
        builder(patient, objects)
            .withHttpClientBuilderConsumer(
                http -> http.addOrReplaceInterceptor("metadata-only", new MetadataOnly()))
            .build());
  }

  /// For a command that ends by itself.
  public static KubernetesClient forMetadata() {
    return new KubernetesClientBuilder()
        .withConfig(
            new ConfigBuilder(Config.autoConfigure(null)).withUserAgent(Api.MANAGER).build())
        .withHttpClientBuilderConsumer(
            http -> http.addOrReplaceInterceptor("metadata-only", new MetadataOnly()))
        .build();
  }

  private static KubernetesClientBuilder builder(Config config, KubernetesSerialization objects) {
    return new KubernetesClientBuilder().withConfig(config).withKubernetesSerialization(objects);
  }

  /// Both clients have the same, since each examines the classes of objects again.
  private static KubernetesSerialization serialization() {
    // Buffers that are used again would hold what was last in them, and that may be a Secret.
    var forgetful =
        JsonFactory.builder().recyclerPool(JsonRecyclerPools.nonRecyclingPool()).build();
    var lenient =
        new ObjectMapper(forgetful)
            .configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false)
            .configure(DeserializationFeature.READ_UNKNOWN_ENUM_VALUES_AS_NULL, true);
    lenient.addHandler(new LenientFields());
    lenient.addMixIn(ObjectMeta.class, SharedFields.class);
    DurationText.readBy(lenient);
    Stream.of(
            SecretList.class,
            NamespaceList.class,
            ServiceAccountList.class,
            CustomResourceDefinitionList.class)
        .forEach(list -> lenient.addMixIn(list, NullIsEmpty.class));
    return new KubernetesSerialization(lenient, true);
  }

  /// An empty PartialObjectMetadataList says `"items": null`.
  private abstract static class NullIsEmpty {
    @JsonSetter(nulls = Nulls.AS_EMPTY)
    List<?> items = List.of();
  }

  @Override
  public void close() {
    full.close();
    metadata.close();
  }
}
