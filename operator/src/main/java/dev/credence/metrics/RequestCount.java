// SPDX-License-Identifier: Apache-2.0
package dev.credence.metrics;

import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;

/// Counts requests to the API server by verb, resource and answer.
public final class RequestCount implements Interceptor {
  private static final String FORBIDDEN = "403";

  private final Counters counters;

  public RequestCount(Counters counters) {
    this.counters = counters;
  }

  @Override
  public void after(
      HttpRequest request,
      HttpResponse<?> response,
      AsyncBody.Consumer<List<ByteBuffer>> consumer) {
    count(request, String.valueOf(response.code()));
  }

  @Override
  public CompletableFuture<Boolean> afterFailure(
      BasicBuilder builder, HttpResponse<?> response, RequestTags tags) {
    return CompletableFuture.completedFuture(false);
  }

  @Override
  public void afterConnectionFailure(HttpRequest request, Throwable failure) {
    count(request, "none");
  }

  private void count(HttpRequest request, String code) {
    var target = Target.of(List.of(request.uri().getPath().split("/")));
    counters.requested(verb(request), target.resource(), code);
    if (code.equals(FORBIDDEN) && !target.equals(Target.NONE)) {
      counters
          .permissions()
          .refused(
              new Permissions.Question(
                  new Permissions.Right(
                      right(request, target),
                      target.group(),
                      target.resource(),
                      target.namespace()),
                  target.name()));
    }
  }

  private static String verb(HttpRequest request) {
    return isWatch(request) ? "WATCH" : request.method();
  }

  private static boolean isWatch(HttpRequest request) {
    var query = request.uri().getQuery();
    return query != null && query.contains("watch=true");
  }

  /// The verb as RBAC has it.
  private static String right(HttpRequest request, Target target) {
    return switch (request.method()) {
      case "GET" -> isWatch(request) ? "watch" : target.name().isEmpty() ? "list" : "get";
      case "POST" -> "create";
      case "PUT" -> "update";
      case "DELETE" -> target.name().isEmpty() ? "deletecollection" : "delete";
      default -> request.method().toLowerCase(Locale.ROOT);
    };
  }

  /// The resource of a request path; `discovery` where it is about no resource.
  private record Target(String group, String namespace, String resource, String name) {
    static final Target NONE = new Target("", "", "discovery", "");

    /// `/api/v1/namespaces/sales/secrets/crm-db` → `secrets`;
    /// `/apis/credence.dev/v1alpha1/namespaces/sales/machineidentities/crm/status` →
    /// `machineidentities/status`. A proxy may put a path of its own in front.
    static Target of(List<String> path) {
      var core = path.indexOf("api");
      var groups = path.indexOf("apis");
      var isCore = core >= 0 && (groups < 0 || core < groups);
      var afterGroup = isCore ? core + 2 : groups + 3;
      if (Math.max(core, groups) < 0 || path.size() <= afterGroup) {
        return NONE;
      }
      var namespaced = path.get(afterGroup).equals("namespaces") && path.size() > afterGroup + 2;
      var at = namespaced ? afterGroup + 2 : afterGroup;
      return new Target(
          isCore ? "" : path.get(groups + 1),
          namespaced ? path.get(afterGroup + 1) : "",
          path.size() > at + 2 ? path.get(at) + "/" + path.get(at + 2) : path.get(at),
          path.size() > at + 1 ? path.get(at + 1) : "");
    }
  }
}
