// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.lifecycle;

import static dev.credence.system.Scene.OWNER;
import static dev.credence.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.api.Api;
import dev.credence.api.MachineIdentityStatus;
import dev.credence.api.MachineIdentityStatus.Measure;
import dev.credence.cluster.TestNamespace;
import dev.credence.cluster.WithOperator;
import dev.credence.system.BesideOthers;
import dev.credence.system.Crm;
import dev.credence.system.Scene;
import io.fabric8.kubernetes.api.model.EnvVar;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/// Accounts in other systems that hooks lock while an identity is suspended, on a real API server:
/// what waits for them, and what does not.
@WithOperator
class LockedAccountsIT {

  /// The identity `crm` with a ServiceAccount and a password of a database, and hooks that succeed.
  private static Scene crm(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    List.of("apply", "lock", "unlock").forEach(scene::createHook);
    scene.createAccount("crm-sync");
    scene.identity(
        "crm",
        OWNER
            + """
            , serviceAccounts: [{name: crm-sync}], secrets: [{name: crm-db, account: {type: Database, system: db.sales, name: crm},
               generate: {keys: [{name: password, password: {}}]}, rotation: {overlap: 0s},
               hooks: {apply: {cronJobName: apply}, suspend: {cronJobName: lock}, resume: {cronJobName: unlock}}}]
            """);
    scene.awaitReady("crm");
    scene.awaitStand("crm", "crm-db", "Fresh 1");
    return scene;
  }

  private static void awaitJob(Scene scene, String name) {
    eventually("Job " + name + " is there").until(() -> scene.job(name).get() != null);
  }

  private static Map<String, String> variables(Scene scene, String job) {
    var pod = scene.job(job).get().getSpec().getTemplate().getSpec();
    return pod.getContainers().getFirst().getEnv().stream()
        .filter(variable -> variable.getName().startsWith("CREDENCE_"))
        .collect(
            Collectors.toMap(
                EnvVar::getName, variable -> Objects.requireNonNullElse(variable.getValue(), "")));
  }

  private static List<Measure> inForce(Scene scene) {
    return Optional.ofNullable(scene.status("crm").suspension())
        .map(MachineIdentityStatus.SuspensionStatus::inForce)
        .orElse(List.of());
  }

  /// The hook does not end before the cluster denies all writes; then it fails, and succeeds.
  @BesideOthers
  void a_suspension_locks_the_account_and_waits_for_nothing(TestNamespace namespace) {
    var scene = crm(namespace);
    var password = scene.value("crm-db", "password");
    scene.holdUp("lock");
    new Crm(scene).suspend();
    awaitJob(scene, "crm-db-v1-suspend-1");
    eventually("writes are denied, though the hook runs")
        .until(() -> inForce(scene).contains(Measure.WritesDenied));
    assertThat(inForce(scene)).doesNotContain(Measure.AccountsLocked);
    assertThat(scene.message("crm", "Suspended"))
        .contains("Secret crm-db (crm at db.sales) is being locked", "crm-db-v1-suspend-1");
    assertThat(scene.status("crm").suspension().notCovered())
        .anyMatch(gap -> gap.startsWith("Secret crm-db is still valid in the target system."));
    assertThat(variables(scene, "crm-db-v1-suspend-1"))
        .isEqualTo(
            Map.of(
                "CREDENCE_STEP", "suspend",
                "CREDENCE_NAMESPACE", scene.namespace(),
                "CREDENCE_IDENTITY", "crm",
                "CREDENCE_IDENTITY_UID", scene.identity("crm").get().getMetadata().getUid(),
                "CREDENCE_SECRET", "crm-db",
                "CREDENCE_VALUE_SECRET", "crm-db",
                "CREDENCE_KEY_SUFFIX", "",
                "CREDENCE_VERSION", "1",
                "CREDENCE_ATTEMPT", "1"));

    scene.letFail("lock");
    scene.job("crm-db-v1-suspend-1").delete();
    scene.await("crm", "Suspended", "True AccountsNotLocked");
    assertThat(scene.message("crm", "Suspended"))
        .contains("Secret crm-db (crm at db.sales) is not locked", "failed");
    scene.letSucceed("lock");
    scene.awaitStand("crm", "crm-db", "Locked 1");
    scene.await("crm", "Suspended", "True Requested");
    assertThat(inForce(scene)).contains(Measure.AccountsLocked, Measure.WritesDenied);
    assertThat(scene.status("crm").suspension().notCovered())
        .noneMatch(gap -> gap.contains("Secret crm-db"));
    eventually("no Job is left").until(() -> scene.jobs().isEmpty());

    scene.holdUp("unlock");
    new Crm(scene).resume();
    awaitUnlocking(scene, "resume");
    assertThat(new Crm(scene).isListed()).as("suspended in the cluster").isFalse();
    scene.await("crm", "CredentialsFresh", "False AccountLocked");
    scene.annotate(scene.identity("crm"), Api.ROTATE, "now");
    scene.awaitStand("crm", "crm-db", "Locked 1");
    assertThat(scene.secret("crm-db-pending").get()).as("staged while it is locked").isNull();

    scene.letSucceed("unlock");
    scene.jobs().forEach(name -> scene.job(name).delete());
    scene.awaitVersion("crm-db", 2);
    scene.awaitStand("crm", "crm-db", "Fresh 2");
    scene.awaitReady("crm");
    assertThat(scene.value("crm-db", "password")).isNotEqualTo(password);
    eventually("no Job is left").until(() -> scene.jobs().isEmpty());
  }

  private static void awaitUnlocking(Scene scene, String step) {
    eventually("a Job to " + step + " is there")
        .until(() -> scene.jobs().stream().anyMatch(job -> job.startsWith("crm-db-v1-" + step)));
  }

  /// Who resumes it while the account is being locked gets an account that is unlocked.
  @BesideOthers
  void a_resume_during_the_locking_ends_it_first(TestNamespace namespace) {
    var scene = crm(namespace);
    scene.holdUp("lock");
    new Crm(scene).suspend();
    awaitJob(scene, "crm-db-v1-suspend-1");
    new Crm(scene).resume();
    eventually("the Job that locks it is gone")
        .until(() -> scene.job("crm-db-v1-suspend-1").get() == null);
    eventually("the account is unlocked")
        .until(
            () ->
                Scene.annotation(scene.secret("crm-db"), Api.HOOK_RUNS)
                    .filter(runs -> runs.contains("crm-db-v1-resume-2"))
                    .isPresent());
    eventually("no Job is left").until(() -> scene.jobs().isEmpty());
    scene.awaitStand("crm", "crm-db", "Fresh 1");
    scene.awaitReady("crm");
  }
}
