// SPDX-License-Identifier: Apache-2.0
package dev.credence;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import dev.credence.world.Golden;
import java.io.IOException;

/// What decides knows of no cluster, no clock and no log; what reads does not write; what writes
/// does not decide. Which room may import which is the order of [Rooms].
@AnalyzeClasses(packages = "dev.credence", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String NULLNESS = "org.jspecify..";
  private static final String FACTS = "dev.credence.facts..";
  private static final String PLAN = "dev.credence.plan..";
  private static final String DECIDE = "dev.credence.decide..";
  private static final String GENERATE = "dev.credence.generate..";
  private static final String RAW = "dev.credence.raw..";
  private static final String OBSERVE = "dev.credence.observe..";
  private static final String ACT = "dev.credence.act..";
  private static final String CONTROLLER = "dev.credence.controller..";
  private static final String CLIENT = "dev.credence.client..";
  private static final String CLI = "dev.credence.cli..";
  private static final String APP = "dev.credence.app..";

  private static final String WRITE =
      "create|createOr.*|update.*|patch.*|replace.*|edit|editStatus|delete.*|serverSideApply|evict|scale";

  @ArchTest
  static void a_room_imports_only_rooms_below_it(JavaClasses classes) {
    assertThat(Rooms.of(classes).wrong()).isEmpty();
  }

  @ArchTest
  static void no_room_is_too_large(JavaClasses classes) {
    assertThat(Rooms.of(classes).files())
        .allSatisfy((room, files) -> assertThat(files).as(room).isLessThanOrEqualTo(Rooms.MOST));
  }

  /// `make golden` writes it anew.
  @ArchTest
  static void the_plan_is_as_the_code_is(JavaClasses classes) throws IOException {
    var rooms = Rooms.of(classes);
    Golden.check(Rooms.PLAN, rooms.markdown());
    Golden.check(Rooms.PICTURE, rooms.picture());
  }

  @ArchTest
  static final ArchRule decisions_are_made_of_facts =
      classes()
          .that()
          .resideInAnyPackage(PLAN, DECIDE)
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage("java..", NULLNESS, FACTS, PLAN, DECIDE);

  @ArchTest
  static final ArchRule facts_know_of_no_cluster =
      classes()
          .that()
          .resideInAPackage(FACTS)
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage("java..", NULLNESS, "com.google.re2j..", FACTS);

  @ArchTest
  static final ArchRule values_are_made_without_a_cluster =
      classes()
          .that()
          .resideInAPackage(GENERATE)
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage("java..", NULLNESS, "org.apache.sshd..", FACTS, GENERATE);

  /// What discovery finds is counted, and what policies ask for is told: results, not rules.
  @ArchTest
  static final ArchRule what_reads_writes_or_counts_does_not_decide =
      noClasses()
          .that()
          .resideInAnyPackage(RAW, OBSERVE, ACT, GENERATE)
          .should()
          .dependOnClassesThat()
          .resideInAPackage(DECIDE);

  @ArchTest
  static final ArchRule only_what_acts_the_loop_and_people_ask_the_api_server_to_change_anything =
      noClasses()
          .that()
          .resideOutsideOfPackages(ACT, CONTROLLER, CLI, APP)
          .should()
          .callMethodWhere(isWrite());

  @ArchTest
  static final ArchRule time_comes_in_through_the_door =
      noClasses()
          .that()
          .resideOutsideOfPackages(OBSERVE, RAW, CLIENT, CONTROLLER, CLI, APP)
          .should()
          .callMethodWhere(asksTheClock());

  /// Parsers of certificates are where garbage is dearest; what there is to know of one,
  /// cert-manager has written into its status. `notify` and the receiver of audit events read the
  /// files that an administrator mounts.
  @ArchTest
  static final ArchRule no_certificate_is_parsed =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName("dev.credence.cli.notify.TrustedRoots")
          .and()
          .haveNameNotMatching("dev[.]credence[.]cli[.]receive[.]Tls([$].*)?")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("java.security.cert..");

  private static DescribedPredicate<JavaCall<?>> isWrite() {
    return target(owner(JavaClass.Predicates.resideInAPackage("io.fabric8.kubernetes.client..")))
        .and(target(nameMatching(WRITE)))
        .as("asks the API server to change something");
  }

  private static DescribedPredicate<JavaCall<?>> asksTheClock() {
    return describe(
        "asks the clock of the wall",
        call -> {
          var owner = call.getTargetOwner().getFullName();
          return (owner.startsWith("java.time.") && call.getName().matches("now|system.*|tick.*"))
              || (owner.equals("java.lang.System") && call.getName().equals("currentTimeMillis"));
        });
  }
}
