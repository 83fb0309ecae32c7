// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks.system;

import com.fasterxml.jackson.databind.JsonNode;
import dev.credence.hooks.Capabilities;
import dev.credence.hooks.Driver;
import dev.credence.hooks.Failure;
import dev.credence.hooks.Failure.Kind;
import dev.credence.hooks.Inputs;
import dev.credence.hooks.Recipe;
import dev.credence.hooks.Recipe.AccountType;
import dev.credence.hooks.Setting;
import dev.credence.hooks.Step;
import dev.credence.hooks.Web;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.apache.sshd.common.config.keys.PublicKeyEntry;

/// Deploy keys of a GitHub repository. Credence generates the key pair, and GitHub gets the public
/// key, so nothing is issued: `apply` adds the key and `revoke` deletes it.
public final class GitHubDeployKey implements Driver {
  private static final Setting REPOSITORY =
      new Setting("HOOK_REPOSITORY", "", "Repository, such as `sales/crm`");
  private static final Setting WRITE =
      new Setting("HOOK_WRITE_ACCESS", "false", "`true` lets the key push to the repository");
  private static final Setting SSH_HOST =
      new Setting("HOOK_SSH_HOST", "github.com", "Host of the SSH server that `verify` asks");
  private static final Setting SSH_PORT =
      new Setting("HOOK_SSH_PORT", "22", "Port of that SSH server");
  private static final int PAGE = 100;
  private static final int MOST_PAGES = 100;

  @Override
  public String name() {
    return "github-deploy-key";
  }

  @Override
  public String title() {
    return "GitHub deploy key";
  }

  @Override
  public Capabilities capabilities() {
    return new Capabilities(
        EnumSet.of(Step.apply, Step.verify, Step.revoke, Step.probe),
        "one repository with two keys",
        "none: GitHub does not lock deploy keys",
        "the next connection with the key fails",
        "public key only",
        "a GitHub App, or a token, with the repository permission Administration (write)",
        "a stub that keeps GitHub's documented rules, and Apache MINA SSHD");
  }

  @Override
  public List<Setting> settings() {
    return List.of(
        GitHub.PORT,
        GitHub.PREFIX,
        GitHub.APP,
        GitHub.INSTALLATION,
        REPOSITORY,
        WRITE,
        SSH_HOST,
        SSH_PORT,
        Ssh.KNOWN_HOSTS,
        Ssh.KEY);
  }

  @Override
  public Recipe recipe() {
    return new Recipe(
        AccountType.SaaS,
        "kubernetes.io/ssh-auth",
        List.of(new Recipe.Key("ssh-privatekey", Recipe.Content.PRIVATE_KEY)),
        List.of("token", "known_hosts"),
        "api.github.com",
        List.of(REPOSITORY),
        Recipe.Rotation.MONTHLY);
  }

  @Override
  public String apply(Inputs inputs) {
    var key = entry(inputs.requiredValue(inputs.get(Ssh.KEY)));
    try (var gitHub = new GitHub(inputs)) {
      var token = token(gitHub, inputs);
      if (find(gitHub, inputs, token, key).isEmpty()) {
        var body =
            Web.JSON
                .createObjectNode()
                .put("title", inputs.tag())
                .put("key", key)
                .put("read_only", !inputs.get(WRITE).equals("true"));
        var answer = gitHub.send("POST", keys(inputs), token, body.toString());
        if (answer.status() == 422) {
          throw new Failure(
              Kind.Failed,
              "GitHub does not accept the key. A deploy key belongs to one repository. GitHub reports: %s %s"
                  .formatted(answer.text("/message"), answer.text("/errors")));
        }
        gitHub.check(answer, right(inputs));
      }
      return "Repository %s accepts the key of version %s."
          .formatted(inputs.get(REPOSITORY), inputs.version());
    }
  }

  @Override
  public String verify(Inputs inputs) {
    var key = Ssh.pair(inputs.requiredValue(inputs.get(Ssh.KEY)));
    var knownHosts = Path.of(inputs.get(Ssh.KNOWN_HOSTS));
    if (!Files.isReadable(knownHosts)) {
      throw new Failure(
          Kind.Usage,
          "HOOK_KNOWN_HOSTS names %s, which does not exist. Without a host key GitHub is not trusted."
              .formatted(knownHosts));
    }
    try (var shell = new Shell(inputs, inputs.get(SSH_HOST), inputs.number(SSH_PORT), knownHosts)) {
      shell.logIn("git", key);
      return "GitHub accepts the key of version %s.".formatted(inputs.version());
    } catch (Shell.LoginRejected e) {
      throw new Failure(
          Kind.Rejected,
          "GitHub rejects the login of the deploy key of version %s for repository %s."
              .formatted(inputs.version(), inputs.get(REPOSITORY)));
    }
  }

  @Override
  public String revoke(Inputs inputs) {
    var key = entry(inputs.requiredValue(inputs.get(Ssh.KEY)));
    try (var gitHub = new GitHub(inputs)) {
      var token = token(gitHub, inputs);
      for (var found : find(gitHub, inputs, token, key)) {
        var path = keys(inputs) + "/" + Web.encoded(found.path("id").asText());
        var answer = gitHub.send("DELETE", path, token, "");
        if (answer.status() != 404) {
          gitHub.check(answer, right(inputs));
        }
      }
      return "Repository %s does not accept the key of version %s any more."
          .formatted(inputs.get(REPOSITORY), inputs.version());
    }
  }

  /// By the key, whatever its title is.
  private static List<JsonNode> find(GitHub gitHub, Inputs inputs, String token, String key) {
    var found = new ArrayList<JsonNode>();
    for (var page = 1; page <= MOST_PAGES; page++) {
      var path = keys(inputs) + "?per_page=%d&page=%d".formatted(PAGE, page);
      var answer = gitHub.send("GET", path, token, "");
      gitHub.check(answer, right(inputs));
      var keys = answer.json();
      keys.valueStream()
          .filter(entry -> entry.path("key").asText().equals(key))
          .forEach(found::add);
      if (keys.size() < PAGE) {
        break;
      }
    }
    return found;
  }

  /// Of the installation of a GitHub App, or a token that the administrator stored.
  private static String token(GitHub gitHub, Inputs inputs) {
    if (inputs.find(GitHub.INSTALLATION).isEmpty()) {
      return inputs.requiredAdmin("token");
    }
    var body = Web.JSON.createObjectNode();
    body.putArray("repositories").add(repository(inputs)[1]);
    body.putObject("permissions").put("administration", "write");
    return gitHub.installationToken(body).json().path("token").asText();
  }

  private static String keys(Inputs inputs) {
    var parts = repository(inputs);
    return "/repos/%s/%s/keys".formatted(Web.encoded(parts[0]), Web.encoded(parts[1]));
  }

  private static String[] repository(Inputs inputs) {
    var parts = inputs.get(REPOSITORY).split("/", -1);
    if (parts.length != 2) {
      throw new Failure(
          Kind.Usage, "HOOK_REPOSITORY must be an owner and a name, such as sales/crm.");
    }
    return parts;
  }

  private static String right(Inputs inputs) {
    return "the permission Administration (write) on repository " + inputs.get(REPOSITORY);
  }

  /// Type and key, as GitHub shows it.
  private static String entry(String privateKey) {
    return PublicKeyEntry.toString(Ssh.pair(privateKey).getPublic());
  }
}
