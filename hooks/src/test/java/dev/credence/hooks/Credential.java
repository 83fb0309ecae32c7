// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;

/// A generated Secret with its hooks, which run in the order in which the operator runs them. Keeps
/// everything that they print, and every secret value that there was.
public final class Credential implements AutoCloseable {
  private static final String SECRET = "crm-db";

  private final String system;
  private final Map<String, String> settings;
  private final LongFunction<Map<String, String>> generate;
  private final Mounts mounts = new Mounts();
  private final StringBuilder printed = new StringBuilder();
  private final List<String> values = new ArrayList<>();

  private long version;
  private volatile Map<String, String> current = Map.of();
  private Map<String, String> previous = Map.of();
  private Map<String, String> pending = Map.of();

  /// What a hook ended with.
  public record Ended(int status, String line) {}

  public Credential(
      String system,
      Map<String, String> settings,
      Map<String, String> admin,
      LongFunction<Map<String, String>> generate) {
    this.system = system;
    this.settings = Map.copyOf(settings);
    this.generate = generate;
    mounts.write(mounts.admin(), admin);
  }

  public void setAdmin(Map<String, String> admin) {
    mounts.write(mounts.admin(), admin);
  }

  public Map<String, String> current() {
    return current;
  }

  public Map<String, String> previous() {
    return previous;
  }

  public Map<String, String> pending() {
    return pending;
  }

  public String printed() {
    return printed.toString();
  }

  /// Every value that was generated, without account names.
  public List<String> values() {
    return List.copyOf(values);
  }

  /// Generates the next value into the pending Secret.
  public void stage() {
    version++;
    pending = generate.apply(version);
    pending.forEach(
        (key, value) -> {
          if (!key.equals("username")) {
            values.add(value);
          }
        });
    mounts.write(mounts.credential().resolve(SECRET + "-pending"), pending);
  }

  /// What the hook `issue` wrote into the pending Secret.
  public void fill(Map<String, String> keys, String id) {
    pending = Map.copyOf(keys);
    keys.forEach(
        (key, value) -> {
          if (!key.equals(id)) {
            values.add(value);
          }
        });
    mounts.write(mounts.credential().resolve(SECRET + "-pending"), pending);
  }

  /// Makes the pending value the current one.
  public void switchOver() {
    previous = current;
    current = pending;
    pending = Map.of();
    mounts.write(mounts.credential().resolve(SECRET + "-pending"), pending);
    store();
  }

  /// Removes the previous value.
  public void retire() {
    previous = Map.of();
    store();
  }

  private void store() {
    var keys = new HashMap<>(current);
    previous.forEach((key, value) -> keys.put(key + ".previous", value));
    mounts.write(mounts.credential().resolve(SECRET), keys);
  }

  /// A whole rotation up to the overlap.
  public void rotate() {
    stage();
    succeeds(Step.apply);
    succeeds(Step.verify);
    switchOver();
  }

  /// The end of the overlap.
  public void finish() {
    succeeds(Step.revoke);
    retire();
  }

  /// Locks or unlocks, by one Job for each value, as the operator does.
  public void each(Step step) {
    succeeds(step);
    if (!previous.isEmpty()) {
      var ended = run(step, Map.of("CREDENCE_KEY_SUFFIX", ".previous"));
      assertThat(ended.status()).as(ended.line()).isZero();
    }
  }

  /// Revokes a value that was never active. The operator then mounts the pending Secret in place of
  /// the Secret.
  public Ended revokePending() {
    mounts.write(mounts.credential().resolve(SECRET), pending);
    var ended =
        run(
            Step.revoke,
            Map.of(
                "CREDENCE_VALUE_SECRET",
                SECRET + "-pending",
                "CREDENCE_KEY_SUFFIX",
                "",
                "CREDENCE_VERSION",
                String.valueOf(version)));
    store();
    return ended;
  }

  public Ended succeeds(Step step) {
    var ended = run(step, Map.of());
    assertThat(ended.status()).as(ended.line()).isZero();
    return ended;
  }

  public Ended fails(Step step, Failure.Kind kind) {
    var ended = run(step, Map.of());
    assertThat(ended.status()).as(ended.line()).isEqualTo(kind.exitCode());
    return ended;
  }

  /// Runs a hook with the variables that the operator sets, and others in addition.
  public Ended run(Step step, Map<String, String> others) {
    var environment = new HashMap<>(settings);
    environment.put("HOOK_CREDENTIAL_DIR", mounts.credential().toString());
    environment.put("HOOK_ADMIN_DIR", mounts.admin().toString());
    environment.put("CREDENCE_STEP", step.name());
    environment.put("CREDENCE_IDENTITY", "crm");
    environment.put("CREDENCE_SECRET", SECRET);
    var isPending = step == Step.apply || step == Step.verify || step == Step.issue;
    environment.put("CREDENCE_VALUE_SECRET", isPending ? SECRET + "-pending" : SECRET);
    var isPrevious = step == Step.revoke && !previous.isEmpty();
    environment.put("CREDENCE_KEY_SUFFIX", isPrevious ? ".previous" : "");
    environment.put("CREDENCE_VERSION", String.valueOf(isPrevious ? version - 1 : version));
    environment.put("CREDENCE_ATTEMPT", "1");
    environment.putAll(others);
    var output = new ByteArrayOutputStream();
    var stream = new PrintStream(output, true, StandardCharsets.UTF_8);
    var status = Main.run(new String[] {system}, environment, stream, stream);
    var line = output.toString(StandardCharsets.UTF_8);
    printed.append(line);
    assertThat(line.strip().lines()).as("lines of " + step).hasSize(1);
    return new Ended(status, line.strip());
  }

  @Override
  public void close() {
    mounts.close();
  }
}
