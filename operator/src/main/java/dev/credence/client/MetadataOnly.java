// SPDX-License-Identifier: Apache-2.0
package dev.credence.client;

import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;

/// Asks the API server for `PartialObjectMetadata` whatever the request: the bytes of Secrets never
/// reach this process. The header protects memory and logs, not authority: RBAC cannot grant a list
/// of Secrets without their values.
public final class MetadataOnly implements Interceptor {
  private static final String FORM = "application/json;as=PartialObjectMetadata";
  private static final String VERSION = ";g=meta.k8s.io;v=v1";

  @Override
  public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
    var query = request.uri().getQuery();
    var caches = query != null && query.contains("watch=true");
    var lists = "GET".equals(request.method()) && !caches;
    builder.setHeader("Accept", FORM + (lists ? "List" : "") + VERSION);
  }
}
