// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks.system;

import static com.unboundid.ldap.sdk.experimental.DraftBeheraLDAPPasswordPolicy10ErrorType.ACCOUNT_LOCKED;
import static com.unboundid.ldap.sdk.experimental.DraftBeheraLDAPPasswordPolicy10ErrorType.CHANGE_AFTER_RESET;
import static com.unboundid.ldap.sdk.experimental.DraftBeheraLDAPPasswordPolicy10ErrorType.PASSWORD_IN_HISTORY;
import static com.unboundid.ldap.sdk.experimental.DraftBeheraLDAPPasswordPolicy10ErrorType.PASSWORD_TOO_YOUNG;

import com.unboundid.ldap.sdk.Control;
import com.unboundid.ldap.sdk.DN;
import com.unboundid.ldap.sdk.LDAPConnection;
import com.unboundid.ldap.sdk.LDAPConnectionOptions;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.LDAPResult;
import com.unboundid.ldap.sdk.Modification;
import com.unboundid.ldap.sdk.ModificationType;
import com.unboundid.ldap.sdk.RDN;
import com.unboundid.ldap.sdk.ResultCode;
import com.unboundid.ldap.sdk.SimpleBindRequest;
import com.unboundid.ldap.sdk.experimental.DraftBeheraLDAPPasswordPolicy10ErrorType;
import com.unboundid.ldap.sdk.experimental.DraftBeheraLDAPPasswordPolicy10RequestControl;
import com.unboundid.ldap.sdk.experimental.DraftBeheraLDAPPasswordPolicy10ResponseControl;
import com.unboundid.ldap.sdk.extensions.PasswordModifyExtendedRequest;
import com.unboundid.util.ssl.HostNameSSLSocketVerifier;
import dev.credence.hooks.Capabilities;
import dev.credence.hooks.Driver;
import dev.credence.hooks.Failure;
import dev.credence.hooks.Failure.Kind;
import dev.credence.hooks.Inputs;
import dev.credence.hooks.Login;
import dev.credence.hooks.Recipe;
import dev.credence.hooks.Recipe.AccountType;
import dev.credence.hooks.Setting;
import dev.credence.hooks.Step;
import dev.credence.hooks.Trust;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// LDAP directories: two entries that take turns. The password is set by the Password Modify
/// operation (RFC 3062), so that the directory hashes it and its policy checks it.
public final class Ldap implements Driver {
  /// Asks why a password policy rejects a request (section 6 of
  /// draft-behera-ldap-password-policy-10).
  private static final Control POLICY = new DraftBeheraLDAPPasswordPolicy10RequestControl();

  private static final Setting PORT = Setting.port(636);
  private static final Setting BASE =
      new Setting(
          "HOOK_BASE_DN",
          "",
          "Entry below which the accounts are, such as `ou=applications,dc=example,dc=com`");
  private static final Setting ATTRIBUTE =
      new Setting("HOOK_RDN_ATTRIBUTE", "uid", "Attribute that names an account's entry");
  private static final Setting DIRECTORY =
      new Setting(
          "HOOK_DIRECTORY",
          "openldap",
          "How an account is locked: `openldap` by `pwdAccountLockedTime`, which a password policy"
              + " with `pwdLockout` evaluates (the overlay ppolicy, ApacheDS); `389ds` by `nsAccountLock`; `pingdirectory` by"
              + " `ds-pwp-account-disabled`; `none`: accounts cannot be locked");

  @Override
  public String name() {
    return "ldap";
  }

  @Override
  public String title() {
    return "LDAP directory";
  }

  @Override
  public Capabilities capabilities() {
    return new Capabilities(
        EnumSet.complementOf(EnumSet.of(Step.issue)),
        "two accounts (`cycle`)",
        "an attribute of the entry, `HOOK_DIRECTORY`",
        "stay until the client closes them",
        "password, in the Password Modify operation (RFC 3062) over TLS; the directory hashes it",
        "write on `userPassword` and on the attribute that locks",
        "ApacheDS 2.0, with a password policy and without one");
  }

  @Override
  public List<Setting> settings() {
    return List.of(PORT, BASE, ATTRIBUTE, DIRECTORY);
  }

  @Override
  public Recipe recipe() {
    return Recipe.ofTwoAccounts(AccountType.Directory, BASE);
  }

  @Override
  public String apply(Inputs inputs) throws LDAPException {
    var login = inputs.login();
    var entry = entry(inputs, login.username());
    try (var session = asAdmin(inputs)) {
      requireEntry(session, entry);
      var answer = setPassword(session, entry, login.password());
      // OpenLDAP rejects the password that the entry has already: an attempt was cut off.
      if (policyError(answer) != PASSWORD_IN_HISTORY || !opens(inputs, entry, login.password())) {
        requireSuccess(answer, entry);
      }
    }
    return "Entry %s has the password of version %s.".formatted(entry, inputs.version());
  }

  @Override
  public String verify(Inputs inputs) throws LDAPException {
    var login = inputs.login();
    var entry = entry(inputs, login.username());
    var answer = bind(inputs, entry, login.password());
    var reason = policyError(answer);
    if (!answer.getResultCode().equals(ResultCode.SUCCESS)) {
      throw new Failure(
          Kind.Rejected,
          "The directory rejects the login of %s with version %s (%s)."
                  .formatted(entry, inputs.version(), answer.getResultCode())
              + (reason == ACCOUNT_LOCKED
                  ? " Its password policy locked the entry: delete pwdAccountLockedTime of the entry."
                  : ""));
    }
    if (reason == CHANGE_AFTER_RESET) {
      throw new Failure(
          Kind.Rejected,
          "Entry %s must change the password of version %s before it can use the directory. Give the entry a password policy with pwdMustChange: FALSE."
              .formatted(entry, inputs.version()));
    }
    return "Entry %s logs in with version %s.".formatted(entry, inputs.version());
  }

  @Override
  public String revoke(Inputs inputs) throws LDAPException {
    if (inputs.isSameAccount()) {
      return "Entry %s is that of the current version too: its earlier password ended when the current one was set."
          .formatted(entry(inputs, inputs.account()));
    }
    var entry = entry(inputs, inputs.account());
    try (var session = asAdmin(inputs)) {
      if (session.getEntry(entry.toString(), "1.1") == null) {
        return "Entry " + entry + " does not exist any more.";
      }
      requireSuccess(setPassword(session, entry, discardedPassword()), entry);
    }
    return "Entry %s has a password that is not stored anywhere.".formatted(entry);
  }

  @Override
  public String suspend(Inputs inputs) throws LDAPException {
    var entry = entry(inputs, inputs.account());
    var lock = locked(inputs);
    try (var session = asAdmin(inputs)) {
      if (session.getEntry(entry.toString(), "1.1") == null) {
        return "Entry " + entry + " does not exist any more.";
      }
      change(session, entry, lock);
    }
    requireLocked(inputs, entry);
    return "Entry %s is locked. Open connections stay.".formatted(entry);
  }

  @Override
  public String resume(Inputs inputs) throws LDAPException {
    var entry = entry(inputs, inputs.account());
    var unlock = unlocked(inputs);
    try (var session = asAdmin(inputs)) {
      requireEntry(session, entry);
      change(session, entry, unlock);
    }
    return "Entry %s is unlocked.".formatted(entry);
  }

  /// The attribute that locks an entry, and its value.
  private static Modification locked(Inputs inputs) {
    var name = lockAttribute(inputs);
    return new Modification(
        ModificationType.REPLACE,
        name,
        // For ever, by draft-behera-ldap-password-policy.
        name.equals("pwdAccountLockedTime") ? "000001010000Z" : "true");
  }

  /// Without values: it removes the attribute, and is no error where there is none.
  private static Modification unlocked(Inputs inputs) {
    return new Modification(ModificationType.REPLACE, lockAttribute(inputs));
  }

  private static String lockAttribute(Inputs inputs) {
    return switch (inputs.get(DIRECTORY)) {
      case "none" ->
          throw new Failure(
              Kind.Unsupported,
              "HOOK_DIRECTORY is none, so accounts cannot be locked. Remove hooks.suspend and hooks.resume from the identity.");
      case "openldap" -> "pwdAccountLockedTime";
      case "389ds" -> "nsAccountLock";
      case "pingdirectory" -> "ds-pwp-account-disabled";
      default ->
          throw new Failure(
              Kind.Usage, "HOOK_DIRECTORY must be openldap, 389ds, pingdirectory or none.");
    };
  }

  /// A name from a Secret is a value in the DN, whatever characters it has.
  private static DN entry(Inputs inputs, String name) throws LDAPException {
    try {
      return new DN(new RDN(inputs.get(ATTRIBUTE), name), new DN(inputs.get(BASE)));
    } catch (LDAPException e) {
      throw new Failure(Kind.Usage, "HOOK_BASE_DN is not a distinguished name.");
    }
  }

  private static void requireEntry(LDAPConnection session, DN entry) throws LDAPException {
    if (session.getEntry(entry.toString(), "1.1") == null) {
      throw new Failure(
          Kind.Usage,
          "Entry %s does not exist, or the administrative account cannot read it. Create both entries of the cycle."
              .formatted(entry));
    }
  }

  /// Asks for the reason after a rejection alone: ApacheDS closes the connection if the entry has
  /// the password already.
  private static LDAPResult setPassword(LDAPConnection session, DN entry, String password)
      throws LDAPException {
    var answer = setPassword(session, entry, password, new Control[0]);
    return answer.getResultCode().equals(ResultCode.CONSTRAINT_VIOLATION)
        ? setPassword(session, entry, password, new Control[] {POLICY})
        : answer;
  }

  private static LDAPResult setPassword(
      LDAPConnection session, DN entry, String password, Control[] controls) throws LDAPException {
    return session.processExtendedOperation(
        new PasswordModifyExtendedRequest(entry.toString(), (String) null, password, controls));
  }

  private static void requireSuccess(LDAPResult answer, DN entry) throws LDAPException {
    var code = answer.getResultCode();
    if (code.equals(ResultCode.CONSTRAINT_VIOLATION)) {
      throw rejected(entry, policyError(answer));
    }
    if (!code.equals(ResultCode.SUCCESS)) {
      throw failure(new LDAPException(answer), entry);
    }
  }

  private static Failure rejected(
      DN entry, @Nullable DraftBeheraLDAPPasswordPolicy10ErrorType reason) {
    var advice =
        reason == PASSWORD_IN_HISTORY
            ? "Request another version with credence.dev/rotate."
            : reason == PASSWORD_TOO_YOUNG
                ? "Rotate it less often than pwdMinAge of the policy."
                : "Change its length or characters in spec.secrets[].generate.";
    return new Failure(
        Kind.Rejected,
        "The password policy of the directory rejects the generated password of %s%s. %s"
            .formatted(entry, reason == null ? "" : " (" + reason.getName() + ")", advice));
  }

  /// A directory may store the attribute and not evaluate it. Without the password, it is not
  /// known.
  private static void requireLocked(Inputs inputs, DN entry) {
    var password = inputs.value(inputs.get(Setting.PASSWORD_KEY));
    if (password.isPresent() && opens(inputs, entry, password.get())) {
      throw new Failure(
          Kind.Unsupported,
          "Entry %s has %s and still logs in. Enable a password policy that locks entries (pwdLockout: TRUE), or correct HOOK_DIRECTORY."
              .formatted(entry, lockAttribute(inputs)));
    }
  }

  private static boolean opens(Inputs inputs, DN entry, String password) {
    return bind(inputs, entry, password).getResultCode().equals(ResultCode.SUCCESS);
  }

  /// What the directory answers to a login: success, or that it rejects the login.
  private static LDAPResult bind(Inputs inputs, DN entry, String password) {
    try (var session = open(inputs)) {
      return session.bind(new SimpleBindRequest(entry, password, POLICY));
    } catch (LDAPException e) {
      if (isLoginRejected(e)) {
        return e.toLDAPResult();
      }
      throw failure(e, entry);
    }
  }

  /// Directories without such a policy do not answer with the control.
  private static @Nullable DraftBeheraLDAPPasswordPolicy10ErrorType policyError(LDAPResult answer)
      throws LDAPException {
    var control = DraftBeheraLDAPPasswordPolicy10ResponseControl.get(answer);
    return control == null ? null : control.getErrorType();
  }

  private static void change(LDAPConnection session, DN entry, Modification change) {
    try {
      session.modify(entry.toString(), change);
    } catch (LDAPException e) {
      throw failure(e, entry);
    }
  }

  private static String discardedPassword() {
    var bytes = new byte[32];
    new SecureRandom().nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes) + "aA1-";
  }

  /// The name of the administrative account is its DN.
  private static LDAPConnection asAdmin(Inputs inputs) throws LDAPException {
    var admin = new Login(inputs.requiredAdmin("username"), inputs.requiredAdmin("password"));
    var session = open(inputs);
    try {
      session.bind(new SimpleBindRequest(admin.username(), admin.password()));
      return session;
    } catch (LDAPException e) {
      session.close();
      throw isLoginRejected(e)
          ? new Failure(
              Kind.Denied,
              "The directory rejects the login of the administrative account %s. Correct the Secret in %s."
                  .formatted(admin.username(), inputs.get(Setting.ADMIN_DIR)))
          : failure(e, admin.username());
    }
  }

  private static LDAPConnection open(Inputs inputs) {
    var options = new LDAPConnectionOptions();
    var millis = (int) inputs.timeout().toMillis();
    options.setConnectTimeoutMillis(millis);
    options.setResponseTimeoutMillis(millis);
    options.setFollowReferrals(false);
    // An empty password would be an anonymous login, which succeeds.
    options.setBindWithDNRequiresPassword(true);
    try {
      if (!inputs.isTls()) {
        return new LDAPConnection(options, inputs.get(Setting.HOST), inputs.number(PORT));
      }
      options.setSSLSocketVerifier(new HostNameSSLSocketVerifier(false));
      return new LDAPConnection(
          Trust.context(inputs.authorities()).getSocketFactory(),
          options,
          inputs.get(Setting.HOST),
          inputs.number(PORT));
    } catch (LDAPException e) {
      throw failure(e, inputs.get(Setting.HOST));
    }
  }

  private static boolean isLoginRejected(LDAPException e) {
    return e.getResultCode().equals(ResultCode.INVALID_CREDENTIALS)
        || e.getResultCode().equals(ResultCode.UNWILLING_TO_PERFORM)
        || e.getResultCode().equals(ResultCode.INAPPROPRIATE_AUTHENTICATION);
  }

  /// Without the diagnostic message, in which some directories repeat the value.
  private static Failure failure(LDAPException e, Object about) {
    var untrusted = Trust.failure(e.getCause(), "the directory");
    if (untrusted.isPresent()) {
      return untrusted.get();
    }
    var code = e.getResultCode();
    if (code.equals(ResultCode.INSUFFICIENT_ACCESS_RIGHTS)) {
      return new Failure(
          Kind.Denied,
          "The administrative account lacks a right. Allow it to write userPassword and the attribute that locks (HOOK_DIRECTORY) on %s."
              .formatted(about));
    }
    if (code.equals(ResultCode.UNDEFINED_ATTRIBUTE_TYPE)
        || code.equals(ResultCode.OBJECT_CLASS_VIOLATION)) {
      return new Failure(
          Kind.Failed,
          "The directory has no attribute that locks accounts of this kind. Set HOOK_DIRECTORY, or enable the password policy.");
    }
    return e.getResultCode().isConnectionUsable()
        ? new Failure(Kind.Failed, "The directory reports %s for %s.".formatted(code, about))
        : new Failure(Kind.Unavailable, "The directory cannot be reached (%s).".formatted(code));
  }
}
