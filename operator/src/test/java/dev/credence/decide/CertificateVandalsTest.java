// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.api.Api;
import dev.credence.world.World;
import dev.credence.world.Yaml;
import io.fabric8.certmanager.api.model.v1.Certificate;
import io.fabric8.certmanager.api.model.v1.CertificateBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What house rules, cleaners and people do to a Certificate that the operator created, before it
/// is issued and after. A changed `issue` still comes to it, or the status says why not; what
/// somebody else wrote into its spec stays; and the operator comes to rest.
class CertificateVandalsTest {
  private static final Instant BEGINNING = Instant.parse("2027-01-01T00:00:00Z");
  private static final int MOST_LOOKS = 20;
  private static final String LONG = "2160h";

  private enum Vandal {
    ownerMissing(_ -> {}),
    /// `kubectl label --all --overwrite credence.dev/identity=another`
    relabels(meta(it -> it.addToLabels(Api.IDENTITY, "another"))),
    takes_all_labels_off(meta(it -> it.withLabels(Map.of()))),
    /// a mutating policy
    writes_managed_by(meta(it -> it.addToLabels("app.kubernetes.io/managed-by", "platform"))),
    tracks_it(meta(it -> it.addToAnnotations("argocd.argoproj.io/tracking-id", "apps:x"))),
    takes_all_annotations_off(meta(it -> it.withAnnotations(Map.of()))),
    takes_the_record_off(meta(it -> it.removeFromAnnotations(Api.FIELDS))),
    garbles_the_record(meta(it -> it.addToAnnotations(Api.FIELDS, "duration:0 : ::"))),
    /// ten tools that update
    has_the_field_owners_merged(world -> world.mergeFieldOwners(certificate(world))),
    deletes_it(world -> world.delete("Certificate", "sales", "crm-client")),
    /// a client whose field manager has our name, or a mutating policy in our own request
    sets_another_duration_under_our_name(world -> lengthen(world, Api.MANAGER)),
    sets_another_duration(world -> lengthen(world, "kubectl-edit"));

    private final Consumer<World> act;

    Vandal(Consumer<World> act) {
      this.act = act;
    }

    boolean changesTheDuration() {
      return name().startsWith("sets_another_duration");
    }
  }

  @ParameterizedTest
  @EnumSource
  void before_it_is_issued(Vandal vandal) {
    var world = world();
    rest(world, vandal);
    vandal.act.accept(world);
    rest(world, vandal);
    issued(world);
    check(world, vandal);
  }

  @ParameterizedTest
  @EnumSource
  void after_it_was_issued(Vandal vandal) {
    var world = world();
    rest(world, vandal);
    issued(world);
    rest(world, vandal);
    vandal.act.accept(world);
    check(world, vandal);
  }

  private static void check(World world, Vandal vandal) {
    rest(world, vandal);
    world.moveTo(world.now().plus(Duration.ofMinutes(1)));
    var identity = world.identities().findFirst().orElseThrow();
    world.write(
        "kubectl",
        Yaml.patched(
            identity,
            Yaml.node(
                Yaml.documents(
                        "spec: {certificates: [{name: crm-client, issue: {issuerRef: {name: corp}, secretName: crm-client-tls, commonName: crm.sales, duration: 360h}}]}")
                    .getFirst())));
    rest(world, vandal);
    var written = Yaml.node(certificate(world)).at("/spec/duration").asText();
    if (vandal.changesTheDuration()) {
      assertThat(written).as("what somebody else wrote stays").isEqualTo(LONG);
    }
    var stated =
        world.status("sales", "crm").orElseThrow().credentials().getFirst().message().orElse("");
    assertThat(written.equals("360h") || stated.contains("`duration` was set by another writer"))
        .as("it has " + written + ", and the status says: " + stated)
        .isTrue();
  }

  private static World world() {
    var world = new World(BEGINNING);
    Yaml.documents(
            """
            apiVersion: credence.dev/v1alpha1
            kind: MachineIdentity
            metadata: {name: crm}
            spec:
              owner: {contact: alice@example.com}
              certificates:
              - name: crm-client
                issue: {issuerRef: {name: corp}, secretName: crm-client-tls, commonName: crm.sales, duration: 720h}
            """)
        .forEach(document -> world.put(Yaml.object(Yaml.node(document))));
    return world;
  }

  /// Looks until there is nothing to do.
  private static void rest(World world, Vandal vandal) {
    for (var looks = 0; looks < MOST_LOOKS; looks++) {
      if (world.observe("sales", "crm").orElseThrow().decision().actions().isEmpty()) {
        return;
      }
    }
    throw new AssertionError(vandal + ": the operator does not come to rest");
  }

  private static Certificate certificate(World world) {
    return (Certificate) world.truth("Certificate", "sales", "crm-client").orElseThrow();
  }

  /// By cert-manager.
  private static void issued(World world) {
    world.write(
        "cert-manager",
        Yaml.patched(
            certificate(world),
            Yaml.node(
                Yaml.documents(
                        "status: {conditions: [{type: Ready, status: 'True'}], revision: 1, notBefore: '2027-01-01T00:00:00Z', notAfter: '2027-01-31T00:00:00Z', renewalTime: '2027-01-21T00:00:00Z'}")
                    .getFirst())));
  }

  private static void lengthen(World world, String manager) {
    world.write(
        manager,
        Yaml.patched(
            certificate(world),
            Yaml.node(Yaml.documents("spec: {duration: " + LONG + "}").getFirst())));
  }

  private static Consumer<World> meta(UnaryOperator<ObjectMetaBuilder> change) {
    return world -> {
      var certificate = certificate(world);
      world.write(
          "somebody",
          new CertificateBuilder(certificate)
              .withMetadata(change.apply(new ObjectMetaBuilder(certificate.getMetadata())).build())
              .build());
    };
  }
}
