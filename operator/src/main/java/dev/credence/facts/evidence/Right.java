// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.evidence;

import java.util.Comparator;
import java.util.Set;

/// A verb on a kind of object in a namespace, as RBAC evaluates it. `resource` includes the
/// subresource, as in `pods/exec`; a resource that begins with `/` is the path of a request
/// that is about no object. An empty `namespace` is the cluster or every namespace.
public record Right(String verb, String group, String resource, String namespace)
    implements Comparable<Right> {
  public static final String IMPERSONATE = "impersonate";

  private static final Set<String> READS = Set.of("get", "list", "watch");
  private static final Comparator<Right> ORDER =
      Comparator.comparing(Right::namespace)
          .thenComparing(Right::group)
          .thenComparing(Right::resource)
          .thenComparing(Right::verb);

  public boolean isRead() {
    return READS.contains(verb);
  }

  /// About no object: the path of the request stands in the place of the resource.
  public boolean isPath() {
    return resource.startsWith("/");
  }

  /// `group/resource` without the subresource.
  public String kind() {
    return kind(group, resource);
  }

  public static String kind(String group, String resource) {
    var slash = resource.indexOf('/', 1);
    return group + "/" + (slash < 0 ? resource : resource.substring(0, slash));
  }

  /// `get pods`, `patch deployments.apps`, `create pods/exec`.
  public String title() {
    return verb + " " + title(group, resource);
  }

  public static String title(String group, String resource) {
    if (group.isEmpty()) {
      return resource;
    }
    var slash = resource.indexOf('/');
    return slash < 0
        ? resource + "." + group
        : resource.substring(0, slash) + "." + group + resource.substring(slash);
  }

  /// The same in every namespace.
  public Right anywhere() {
    return new Right(verb, group, resource, "");
  }

  /// The same in every process: it decides which rights are kept where there are too many.
  @Override
  public int hashCode() {
    return ((verb.hashCode() * 31 + group.hashCode()) * 31 + resource.hashCode()) * 31
        + namespace.hashCode();
  }

  @Override
  public int compareTo(Right other) {
    return ORDER.compare(this, other);
  }
}
