// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks.system;

import dev.credence.hooks.Capabilities;
import dev.credence.hooks.Driver;
import dev.credence.hooks.Failure;
import dev.credence.hooks.Failure.Kind;
import dev.credence.hooks.Inputs;
import dev.credence.hooks.Issuer;
import dev.credence.hooks.Recipe;
import dev.credence.hooks.Recipe.AccountType;
import dev.credence.hooks.Setting;
import dev.credence.hooks.Step;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/// AWS IAM: access keys of one user. Access keys have no tags, so the user is tagged: it belongs to
/// one Secret. A key that the Secret does not name and that was never used was left by an attempt
/// that was cut off, since no client knows its secret.
public final class AwsIam implements Driver, Issuer {
  private static final Setting STS =
      new Setting(
          "HOOK_STS_HOST", "sts.us-east-1.amazonaws.com", "Host that `verify` and `probe` ask");
  private static final Setting PROPAGATION =
      new Setting(
          "HOOK_PROPAGATION_TIMEOUT",
          "60",
          "Seconds that `verify` waits until AWS accepts a new key everywhere");

  private static final String TAG = "credence-secret";
  /// Between two attempts, doubled up to the longest one.
  private static final Duration PAUSE = Duration.ofMillis(100);

  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

  /// AWS answers from many hosts, which learn a new key one after the other.
  private static final int SUCCESSES = 3;

  @Override
  public String name() {
    return "aws-iam";
  }

  @Override
  public String title() {
    return "AWS IAM";
  }

  @Override
  public Capabilities capabilities() {
    return new Capabilities(
        EnumSet.complementOf(EnumSet.of(Step.apply)),
        "two access keys of one user, which is AWS's limit",
        "access keys are `Inactive`",
        "the next request with the key fails",
        "issued by AWS",
        "on the user: `iam:CreateAccessKey`, `iam:DeleteAccessKey`, `iam:UpdateAccessKey`,"
            + " `iam:ListAccessKeys`, `iam:GetAccessKeyLastUsed`, `iam:ListUserTags`,"
            + " `iam:TagUser`, `iam:UntagUser`",
        "a stub that keeps AWS's documented rules and checks each signature");
  }

  @Override
  public List<Setting> settings() {
    return List.of(Aws.PORT, Aws.REGION, STS, PROPAGATION);
  }

  @Override
  public Recipe recipe() {
    return new Recipe(
        AccountType.Cloud,
        "Opaque",
        List.of(
            new Recipe.Key("access-key-id", Recipe.Content.ISSUED_ID),
            new Recipe.Key("secret-access-key", Recipe.Content.ISSUED)),
        List.of("access-key-id", "secret-access-key"),
        "iam.amazonaws.com",
        List.of(),
        Recipe.Rotation.MONTHLY);
  }

  /// A probe does not wait for a key to become known.
  @Override
  public String run(Step step, Inputs inputs) throws Exception {
    return step == Step.probe ? verify(inputs, Duration.ZERO, 1) : Driver.super.run(step, inputs);
  }

  @Override
  public String issue(Inputs inputs) throws Exception {
    return Issuer.run(this, inputs);
  }

  /// The tag names the version and the keys that there were before, for a revocation that knows no
  /// more than the version.
  @Override
  public void clear(Inputs inputs) {
    try (var iam = asAdmin(inputs)) {
      if (tag(iam, inputs).isPresent()) {
        var inUse = inputs.inUse(inputs.issuedIdKey());
        deleteLeft(iam, inputs, id -> !inUse.contains(id));
      }
      var value = inputs.tag() + " " + String.join(" ", keys(iam, inputs));
      call(
          iam,
          inputs,
          "TagUser",
          Map.of("Tags.member.1.Key", TAG, "Tags.member.1.Value", value.strip()));
    }
  }

  @Override
  public Issued create(Inputs inputs) {
    try (var iam = asAdmin(inputs)) {
      var answer = iam.call("CreateAccessKey", Map.of("UserName", inputs.account()));
      if (answer.code().equals("LimitExceeded")) {
        var inUse = inputs.inUse(inputs.issuedIdKey());
        var others = keys(iam, inputs).stream().filter(id -> !inUse.contains(id)).toList();
        throw new Failure(
            Kind.Failed,
            "IAM user %s has two access keys, which is AWS's limit. %s"
                .formatted(
                    inputs.account(),
                    others.isEmpty()
                        ? "The overlap of the last rotation is not over."
                        : "Delete the one that is not used: " + String.join(", ", others) + "."));
      }
      check(answer, inputs);
      return new Issued(
          "Access key " + answer.text("AccessKeyId"),
          Map.of(
              inputs.issuedIdKey(),
              answer.text("AccessKeyId"),
              inputs.issuedKey(),
              answer.text("SecretAccessKey")));
    }
  }

  @Override
  public void discard(Inputs inputs, Issued issued) {
    try (var iam = asAdmin(inputs)) {
      delete(iam, inputs, issued.keys().getOrDefault(inputs.issuedIdKey(), ""));
    }
  }

  @Override
  public String verify(Inputs inputs) throws InterruptedException {
    return verify(inputs, Duration.ofSeconds(inputs.number(PROPAGATION)), SUCCESSES);
  }

  private static String verify(Inputs inputs, Duration patience, int successes)
      throws InterruptedException {
    var id = inputs.requiredValue(inputs.issuedIdKey());
    var secret = inputs.requiredValue(inputs.issuedKey());
    try (var sts = Aws.sts(inputs, inputs.get(STS), id, secret)) {
      var deadline = System.nanoTime() + patience.toNanos();
      var pause = PAUSE;
      var count = 0;
      while (count < successes) {
        var answer = sts.call("GetCallerIdentity", Map.of());
        if (answer.isSuccess()) {
          checkUser(answer.text("Arn"), inputs);
          count++;
        } else if (!answer.isKeyRejected()) {
          check(answer, inputs);
        } else if (System.nanoTime() - deadline >= 0) {
          throw new Failure(
              Kind.Rejected,
              "AWS rejects access key %s of version %s: it is inactive or deleted, or its secret is another one (%s)."
                  .formatted(id, inputs.version(), answer.code()));
        } else {
          count = 0;
          Thread.sleep(pause);
          pause = pause.compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : pause;
        }
      }
      return "AWS accepts access key %s of version %s.".formatted(id, inputs.version());
    }
  }

  @Override
  public String revoke(Inputs inputs) {
    try (var iam = asAdmin(inputs)) {
      var id = inputs.value(inputs.issuedIdKey());
      if (id.isEmpty()) {
        return revokeLeft(iam, inputs);
      }
      delete(iam, inputs, id.get());
      if (keys(iam, inputs).isEmpty()) {
        call(iam, inputs, "UntagUser", Map.of("TagKeys.member.1", TAG));
      }
      return "Access key %s is deleted.".formatted(id.get());
    }
  }

  @Override
  public String suspend(Inputs inputs) {
    var id = inputs.requiredValue(inputs.issuedIdKey());
    return update(inputs, id, "Inactive")
        ? "Access key %s is inactive.".formatted(id)
        : "Access key %s does not exist any more.".formatted(id);
  }

  @Override
  public String resume(Inputs inputs) {
    var id = inputs.requiredValue(inputs.issuedIdKey());
    if (!update(inputs, id, "Active")) {
      throw new Failure(Kind.Failed, "Access key " + id + " does not exist any more.");
    }
    return "Access key %s is active again.".formatted(id);
  }

  /// False if there is no such key.
  private static boolean update(Inputs inputs, String id, String status) {
    try (var iam = asAdmin(inputs)) {
      var answer =
          iam.call(
              "UpdateAccessKey",
              Map.of("UserName", inputs.account(), "AccessKeyId", id, "Status", status));
      if (answer.code().equals("NoSuchEntity")) {
        return false;
      }
      check(answer, inputs);
      return true;
    }
  }

  /// A value that was never written: what was created for its version.
  private static String revokeLeft(Aws iam, Inputs inputs) {
    var tag = tag(iam, inputs).map(text -> List.of(text.split(" ", -1))).orElse(List.of());
    var isOfVersion = tag.containsAll(List.of(inputs.tag().split(" ", -1)));
    var deleted =
        isOfVersion ? deleteLeft(iam, inputs, id -> !tag.contains(id)) : List.<String>of();
    return "%d access keys of version %s are deleted.".formatted(deleted.size(), inputs.version());
  }

  /// The tag of the user. Empty if the user belongs to no Secret.
  private static Optional<String> tag(Aws iam, Inputs inputs) {
    var tag = Optional.ofNullable(call(iam, inputs, "ListUserTags", Map.of()).tags().get(TAG));
    var other = tag.filter(text -> !text.startsWith(inputs.tagOfSecret() + " v"));
    if (other.isPresent()) {
      throw new Failure(
          Kind.Usage,
          "IAM user %s belongs to another Secret: %s. Use one user for each Secret, or delete its tag %s."
              .formatted(inputs.account(), other.get(), TAG));
    }
    return tag;
  }

  /// Deletes keys that were never used, so that no client has them.
  private static List<String> deleteLeft(Aws iam, Inputs inputs, Predicate<String> isLeft) {
    var left =
        keys(iam, inputs).stream()
            .filter(isLeft)
            .filter(id -> isNeverUsed(iam, inputs, id))
            .toList();
    left.forEach(id -> delete(iam, inputs, id));
    return left;
  }

  private static boolean isNeverUsed(Aws iam, Inputs inputs, String id) {
    var answer = iam.call("GetAccessKeyLastUsed", Map.of("AccessKeyId", id));
    check(answer, inputs);
    return answer.text("LastUsedDate").isEmpty();
  }

  private static List<String> keys(Aws iam, Inputs inputs) {
    return call(iam, inputs, "ListAccessKeys", Map.of()).texts("AccessKeyId");
  }

  private static void delete(Aws iam, Inputs inputs, String id) {
    var answer =
        iam.call("DeleteAccessKey", Map.of("UserName", inputs.account(), "AccessKeyId", id));
    if (!answer.code().equals("NoSuchEntity")) {
      check(answer, inputs);
    }
  }

  private static Aws.Answer call(
      Aws iam, Inputs inputs, String action, Map<String, String> parameters) {
    var all = new HashMap<>(parameters);
    all.put("UserName", inputs.account());
    var answer = iam.call(action, all);
    check(answer, inputs);
    return answer;
  }

  private static Aws asAdmin(Inputs inputs) {
    return Aws.iam(
        inputs, inputs.requiredAdmin("access-key-id"), inputs.requiredAdmin("secret-access-key"));
  }

  private static void checkUser(String arn, Inputs inputs) {
    if (!arn.endsWith("/" + inputs.account())) {
      throw new Failure(
          Kind.Rejected,
          "The access key of version %s is not one of user %s."
              .formatted(inputs.version(), inputs.account()));
    }
  }

  private static void check(Aws.Answer answer, Inputs inputs) {
    if (answer.isSuccess()) {
      return;
    }
    if (answer.isKeyRejected()) {
      throw new Failure(
          Kind.Denied,
          "AWS rejects the access key of the administrative account (%s). Correct the Secret in %s."
              .formatted(answer.code(), inputs.get(Setting.ADMIN_DIR)));
    }
    var reported = " AWS reports: " + answer.code() + " " + answer.text("Message");
    throw switch (answer.code()) {
      case "AccessDenied", "AccessDeniedException" ->
          new Failure(
              Kind.Denied,
              "The administrative account lacks a permission. Allow iam:%s on user %s in its policy.%s"
                  .formatted(answer.action(), inputs.account(), reported));
      case "NoSuchEntity" ->
          new Failure(Kind.Failed, "IAM user " + inputs.account() + " does not exist." + reported);
      default ->
          new Failure(
              Kind.Failed,
              "AWS answers %s with status %d.%s"
                  .formatted(answer.action(), answer.status(), reported));
    };
  }
}
