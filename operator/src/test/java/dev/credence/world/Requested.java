// SPDX-License-Identifier: Apache-2.0
package dev.credence.world;

import dev.credence.facts.evidence.AuditEvent;
import dev.credence.facts.evidence.Right;
import java.time.Instant;
import java.util.Optional;

/// A request as an audit event, said in the words of kubectl.
public record Requested(
    String id,
    Instant time,
    String user,
    String verb,
    String group,
    String resource,
    String namespace,
    String name,
    int code,
    String address,
    String agent,
    Optional<String> credential,
    Optional<String> as) {

  public static Requested by(String account) {
    return new Requested(
        "",
        Instant.EPOCH,
        "system:serviceaccount:" + account.replace('/', ':'),
        "get",
        "",
        "configmaps",
        account.substring(0, account.indexOf('/')),
        "",
        200,
        "10.4.1.7",
        "crm/v1.2 (linux/amd64)",
        Optional.of("JTI=one"),
        Optional.empty());
  }

  public Requested user(String name) {
    return new Requested(
        id,
        time,
        name,
        verb,
        group,
        resource,
        namespace,
        this.name,
        code,
        address,
        agent,
        credential,
        as);
  }

  public Requested at(Instant when) {
    return new Requested(
        id,
        when,
        user,
        verb,
        group,
        resource,
        namespace,
        name,
        code,
        address,
        agent,
        credential,
        as);
  }

  /// `get configmaps`, `patch apps/deployments`, `create core/pods/exec`.
  public Requested does(String verb, String kind) {
    var slash = kind.indexOf('/');
    var group = slash < 0 || kind.startsWith("core/") ? "" : kind.substring(0, slash);
    return new Requested(
        id,
        time,
        user,
        verb,
        group,
        slash < 0 ? kind : kind.substring(slash + 1),
        namespace,
        name,
        code,
        address,
        agent,
        credential,
        as);
  }

  public Requested in(String place) {
    return new Requested(
        id, time, user, verb, group, resource, place, name, code, address, agent, credential, as);
  }

  public Requested named(String object) {
    return new Requested(
        id,
        time,
        user,
        verb,
        group,
        resource,
        namespace,
        object,
        code,
        address,
        agent,
        credential,
        as);
  }

  public Requested answered(int status) {
    return new Requested(
        id,
        time,
        user,
        verb,
        group,
        resource,
        namespace,
        name,
        status,
        address,
        agent,
        credential,
        as);
  }

  public Requested from(String ip) {
    return new Requested(
        id, time, user, verb, group, resource, namespace, name, code, ip, agent, credential, as);
  }

  public Requested with(String userAgent) {
    return new Requested(
        id,
        time,
        user,
        verb,
        group,
        resource,
        namespace,
        name,
        code,
        address,
        userAgent,
        credential,
        as);
  }

  public Requested token(String jti) {
    return new Requested(
        id,
        time,
        user,
        verb,
        group,
        resource,
        namespace,
        name,
        code,
        address,
        agent,
        Optional.of("JTI=" + jti),
        as);
  }

  public Requested as(String other) {
    return new Requested(
        id,
        time,
        user,
        verb,
        group,
        resource,
        namespace,
        name,
        code,
        address,
        agent,
        credential,
        Optional.of(other));
  }

  public Requested id(String auditId) {
    return new Requested(
        auditId,
        time,
        user,
        verb,
        group,
        resource,
        namespace,
        name,
        code,
        address,
        agent,
        credential,
        as);
  }

  public AuditEvent event() {
    return new AuditEvent(
        id.isEmpty() ? "%s-%s-%s-%s-%s".formatted(time, user, verb, resource, name) : id,
        time,
        user,
        new Right(verb, group, resource, namespace),
        name,
        code,
        address,
        agent,
        credential,
        Optional.empty(),
        as);
  }
}
