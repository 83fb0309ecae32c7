package dev.credence;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/// The arrows: observe → facts → decide → act. What decides knows of no cluster, no clock and no
/// log; what reads does not write; what writes does not decide.
@AnalyzeClasses(packages = "dev.credence", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String NULLNESS = "org.jspecify..";
  private static final String API = "dev.credence.api..";
  private static final String FACTS = "dev.credence.facts..";
  private static final String DECIDE = "dev.credence.decide..";
  private static final String OBSERVE = "dev.credence.observe..";
  private static final String ACT = "dev.credence.act..";
  private static final String MAKE = "dev.credence.make..";
  private static final String LOOP = "dev.credence.loop..";
  private static final String SERVE = "dev.credence.serve..";
  private static final String MEASURE = "dev.credence.measure..";
  private static final String REPORT = "dev.credence.report..";
  private static final String COMMAND = "dev.credence.command..";

  /// `Main`, `Run` and what else wires.
  private static final String TOP = "dev.credence";

  private static final String WRITE =
      "create|createOr.*|update.*|patch.*|replace.*|edit|editStatus|delete.*|serverSideApply|evict|scale";

  @ArchTest
  static final ArchRule decisions_are_made_of_facts =
      classes()
          .that()
          .resideInAPackage(DECIDE)
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage("java..", NULLNESS, FACTS, DECIDE);

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
          .resideInAPackage(MAKE)
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage("java..", NULLNESS, "org.apache.sshd..", FACTS, MAKE);

  @ArchTest
  static final ArchRule the_words_of_users_stand_alone =
      noClasses().that().resideInAPackage(API).should().dependOnClassesThat(ours("but api", API));

  @ArchTest
  static final ArchRule what_reads_only_reads =
      noClasses()
          .that()
          .resideInAPackage(OBSERVE)
          .should()
          .dependOnClassesThat(ours("but api, facts and observe", API, FACTS, OBSERVE));

  @ArchTest
  static final ArchRule what_writes_is_told_what =
      noClasses()
          .that()
          .resideInAPackage(ACT)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(LOOP, SERVE, MEASURE, TOP);

  @ArchTest
  static final ArchRule what_shows_does_nothing =
      noClasses()
          .that()
          .resideInAnyPackage(SERVE, MEASURE)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(ACT, LOOP, TOP);

  @ArchTest
  static final ArchRule a_report_is_made_of_what_was_read =
      noClasses()
          .that()
          .resideInAPackage(REPORT)
          .should()
          .dependOnClassesThat(
              ours("but api, decide, facts and report", API, DECIDE, FACTS, REPORT));

  @ArchTest
  static final ArchRule commands_ask_and_do_not_act =
      noClasses()
          .that()
          .resideInAPackage(COMMAND)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(ACT, MAKE, SERVE, MEASURE);

  @ArchTest
  static final ArchRule only_the_top_knows_the_loop =
      noClasses()
          .that()
          .resideOutsideOfPackages(LOOP, COMMAND, TOP)
          .should()
          .dependOnClassesThat()
          .resideInAPackage(LOOP);

  @ArchTest
  static final ArchRule only_what_acts_the_loop_and_people_ask_the_api_server_to_change_anything =
      noClasses()
          .that()
          .resideOutsideOfPackages(ACT, LOOP, COMMAND, TOP)
          .should()
          .callMethodWhere(isWrite());

  @ArchTest
  static final ArchRule time_comes_in_through_the_door =
      noClasses()
          .that()
          .resideOutsideOfPackages(OBSERVE, LOOP, COMMAND, TOP)
          .should()
          .callMethodWhere(asksTheClock());

  /// Parsers of certificates are where garbage is dearest; what there is to know of one,
  /// cert-manager has written into its status.
  @ArchTest
  static final ArchRule no_certificate_is_parsed =
      noClasses().should().dependOnClassesThat().resideInAPackage("java.security.cert..");

  private static DescribedPredicate<JavaClass> ours(String but, String... allowed) {
    return JavaClass.Predicates.resideInAPackage("dev.credence..")
        .and(DescribedPredicate.not(JavaClass.Predicates.resideInAnyPackage(allowed)))
        .as("are ours, " + but);
  }

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
