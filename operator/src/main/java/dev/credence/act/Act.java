// SPDX-License-Identifier: Apache-2.0
package dev.credence.act;

import dev.credence.act.request.Memory;
import dev.credence.act.secret.KeyPool;
import dev.credence.act.secret.KubeconfigServer;
import dev.credence.act.secret.Renewals;
import dev.credence.act.secret.SecretRequests;
import dev.credence.act.secret.SecretWrites;
import dev.credence.act.secret.TokenRequests;
import dev.credence.api.MachineIdentity;
import dev.credence.facts.object.ObjectRef;
import dev.credence.facts.object.Preconditions;
import dev.credence.generate.Maker;
import dev.credence.observe.suspension.SuspendedAccounts;
import dev.credence.plan.Action;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// Carries an action out. What is created is created by a plain POST: where the name is taken,
/// nothing happens. What is changed is changed under the UID and resourceVersion that were judged.
///
/// There is a class for each kind of object; secret bytes are handled by [SecretWrites] alone.
public final class Act {
  private final MetadataWrites metadata;
  private final SecretWrites secrets;
  private final AccountWrites accounts;
  private final HookStarts hooks;
  private final HookAdmission admissions;
  private final Deletions deletions;
  private final Restarts restarts;
  private final Renewals renewals;
  private final CertificateWrites certificates;
  private final SuspensionWrites suspensions;
  private final CreationCheck creation;
  private final Memory memory;

  /// `metadata` is a client that is answered with metadata only; `apiServer` the address that is
  /// written into kubeconfigs; `operatorNamespace` the operator's own namespace; `clock` says when
  /// a value was written.
  public Act(
      KubernetesClient client,
      KubernetesClient metadata,
      Maker maker,
      String apiServer,
      String operatorNamespace,
      Memory memory,
      InstantSource clock) {
    this(
        client,
        metadata,
        maker,
        Optional.empty(),
        new KubeconfigServer(apiServer, Optional.empty()),
        operatorNamespace,
        memory,
        clock);
  }

  /// `pool`: where slow keys come from; empty: they are generated in the calling thread.
  public Act(
      KubernetesClient client,
      KubernetesClient metadata,
      Maker maker,
      Optional<KeyPool> pool,
      KubeconfigServer apiServer,
      String operatorNamespace,
      Memory memory,
      InstantSource clock) {
    this.metadata = new MetadataWrites(metadata, memory);
    var requests = new SecretRequests(client, metadata, memory);
    this.secrets =
        new SecretWrites(
            requests, new TokenRequests(client, requests, apiServer), maker, pool, clock);
    this.accounts = new AccountWrites(client, memory);
    this.admissions = new HookAdmission(client, metadata, memory);
    this.hooks = new HookStarts(client, this.metadata, this.admissions, memory);
    this.deletions = new Deletions(client);
    this.restarts = new Restarts(client);
    this.renewals = new Renewals(client);
    this.certificates = new CertificateWrites(client, metadata, memory);
    this.suspensions =
        new SuspensionWrites(this.metadata, new ListWrites(client, operatorNamespace, memory));
    this.creation = new CreationCheck(client);
    this.memory = memory;
  }

  /// Throws [WriteRefused] where the API server said no, and the client's own exception where it
  /// could not be asked.
  public void perform(Action action, MachineIdentity identity) {
    var namespace = identity.getMetadata().getNamespace();
    switch (action) {
      case Action.Issue issue -> secrets.issue(issue, identity);
      case Action.Rotate rotate -> secrets.rotate(rotate, identity);
      case Action.Stage stage -> secrets.stage(stage, identity);
      case Action.Promote promote -> secrets.promote(promote, identity);
      case Action.Rollback rollback -> secrets.rollback(rollback, identity);
      case Action.Retire retire -> secrets.retire(retire, identity);
      case Action.Anchor anchor -> secrets.anchor(anchor, identity);
      case Action.Adopt adopt -> {
        secrets.checkAdoptable(adopt.subject(), adopt.versionInfo().isPresent(), identity);
        metadata.adopt(namespace, adopt, identity.getMetadata().getUid());
      }
      case Action.Reword reword -> secrets.reword(reword, identity);
      case Action.RenewKubeconfig renew -> secrets.renewKubeconfig(renew, identity);
      case Action.UpdateMetadata update -> metadata.update(namespace, update);
      case Action.ResetIssuedAt resetIssuedAt -> metadata.resetIssuedAt(namespace, resetIssuedAt);
      case Action.Release(var subject, var preconditions, var left) ->
          metadata.release(namespace, subject, preconditions, left);
      case Action.SetOwner(var subject, var preconditions, var retained) ->
          metadata.setOwner(identity, subject, preconditions, retained);
      case Action.BeginRevoke(var subject, var preconditions) ->
          metadata.endPrevious(namespace, subject, preconditions);
      case Action.CaughtUp(var subject, var preconditions) ->
          metadata.caughtUp(namespace, subject, preconditions);
      case Action.Acknowledge acknowledge -> metadata.acknowledge(namespace, acknowledge);
      case Action.RunHook run -> hooks.start(run, identity);
      case Action.AdmitHook admit -> admissions.admit(admit, identity);
      case Action.Note note -> metadata.note(namespace, note);
      case Action.Remove(var subject, var preconditions, _) ->
          deletions.remove(namespace, subject, preconditions);
      case Action.DenyWrites _, Action.AllowWrites _ ->
          suspensions.list(namespace, List.of(action));
      case Action.Invalidate invalidate -> suspensions.invalidate(namespace, invalidate);
      case Action.Revalidate(var subject, var preconditions) ->
          revalidate(namespace, subject, preconditions);
      case Action.Restart(var subject, var preconditions, var value, var at) -> {
        at.ifPresentOrElse(
            time -> restarts.restartAt(namespace, subject, preconditions, time),
            () -> restarts.rollout(namespace, subject, preconditions, value));
        memory.restarted(namespace);
      }
      case Action.Evict(var subject, var preconditions, var noted) -> {
        noted.ifPresent(note -> metadata.note(namespace, note));
        restarts.evict(namespace, subject, preconditions);
        memory.restarted(namespace);
      }
      case Action.Renew renew -> renewals.renew(namespace, renew);
      case Action.CreateCertificate order -> certificates.order(order, identity);
      case Action.UpdateCertificate updateCertificate ->
          certificates.update(updateCertificate, namespace);
      case Action.CreateServiceAccount provision -> accounts.provision(provision, identity);
      case Action.UpdateServiceAccount adjust -> accounts.adjust(adjust, namespace);
      case Action.Mark(var subject, var preconditions, var labelling) ->
          metadata.mark(namespace, subject, preconditions, labelling);
      case Action.Relabel(var subject, var preconditions, var labelling, var written) ->
          metadata.relabel(namespace, subject, preconditions, labelling, written);
      case Action.Unmark(var subject, var preconditions) ->
          unmark(namespace, subject, preconditions);
    }
  }

  /// Whether the actions create something again for an identity that the API server no longer has:
  /// then none of them may be performed.
  public boolean isGone(List<Action> actions, MachineIdentity identity) {
    return creation.isGone(actions, identity);
  }

  /// The same for the actions of one decision. What they change in the list of suspended accounts
  /// is written at once, when the first of them is performed; each of them has the result of that.
  public Consumer<Action> performing(List<Action> actions, MachineIdentity identity) {
    var listing =
        new Listing(actions, all -> suspensions.list(identity.getMetadata().getNamespace(), all));
    return action -> {
      if (!listing.perform(action)) {
        perform(action, identity);
      }
    };
  }

  /// Takes an account off the list of suspended ones.
  public void thaw(String namespace, ObjectRef subject) {
    suspensions.list(namespace, List.of(new Action.AllowWrites(subject)));
  }

  /// Takes entries of the ConfigMap of before into the list.
  public void takeOver(List<SuspendedAccounts.Entry> entries) {
    suspensions.takeOver(entries);
  }

  /// Deletes the ConfigMap of before, unless it changed meanwhile.
  public void removeOldList(ConfigMap list) {
    suspensions.removeOldList(list);
  }

  /// Has the API server accept the token in a Secret again.
  public void revalidate(String namespace, ObjectRef subject, Preconditions preconditions) {
    suspensions.revalidate(namespace, subject, preconditions);
  }

  /// Takes our label and annotations off an object whose identity is gone.
  public void unmark(String namespace, ObjectRef subject, Preconditions preconditions) {
    metadata.unmark(namespace, subject, preconditions);
  }
}
