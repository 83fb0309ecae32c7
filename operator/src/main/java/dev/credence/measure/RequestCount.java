package dev.credence.measure;

import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// Counts requests to the API server by verb, resource and answer.
public final class RequestCount implements Interceptor {
  private final Meters meters;

  public RequestCount(Meters meters) {
    this.meters = meters;
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
    var path = List.of(request.uri().getPath().split("/"));
    meters.requested(verb(request), resource(path), code);
  }

  private static String verb(HttpRequest request) {
    var query = request.uri().getQuery();
    return query != null && query.contains("watch=true") ? "WATCH" : request.method();
  }

  /// `/api/v1/namespaces/sales/secrets/crm-db` → `secrets`;
  /// `/apis/credence.dev/v1alpha1/namespaces/sales/machineidentities/crm/status` →
  /// `machineidentities/status`. Never a name. A proxy may put a path of its own in front.
  private static String resource(List<String> path) {
    var core = path.indexOf("api");
    var groups = path.indexOf("apis");
    var isCore = core >= 0 && (groups < 0 || core < groups);
    var afterGroup = isCore ? core + 2 : groups + 3;
    if (Math.max(core, groups) < 0 || path.size() <= afterGroup) {
      return "discovery";
    }
    var namespaced = path.get(afterGroup).equals("namespaces") && path.size() > afterGroup + 2;
    var at = namespaced ? afterGroup + 2 : afterGroup;
    return path.size() > at + 2 ? path.get(at) + "/" + path.get(at + 2) : path.get(at);
  }
}
