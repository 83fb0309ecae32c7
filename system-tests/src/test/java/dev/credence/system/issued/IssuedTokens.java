// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.issued;

import dev.credence.system.Scene;
import dev.credence.system.kubelet.TestKubelet;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/// What a namespace needs to rotate keys of a [TwoKeyProvider]: the ServiceAccount of the hooks,
/// which may patch Secrets, their CronJobs, and somebody who runs their pods.
public record IssuedTokens(Scene scene, TwoKeyProvider provider, TestKubelet kubelet)
    implements AutoCloseable {

  private static final String ACCOUNT =
      """
      {apiVersion: v1, kind: ServiceAccount, metadata: {name: obtain}}
      """;

  private static final String ROLE =
      """
      {apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: obtain},
       rules: [{apiGroups: [''], resources: [secrets], verbs: [patch]}]}
      """;

  private static final String BINDING =
      """
      {apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: obtain},
       roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: obtain},
       subjects: [{kind: ServiceAccount, name: obtain, namespace: %s}]}
      """;

  private static final String HOOK =
      """
      apiVersion: batch/v1
      kind: CronJob
      metadata:
        name: %1$s-%2$s
        annotations: {credence.dev/hook: "true"}
      spec:
        schedule: 0 0 1 1 *
        suspend: true
        jobTemplate:
          spec:
            template:
              spec:
                restartPolicy: Never
                schedulerName: %3$s
                serviceAccountName: obtain
                volumes:
                - name: credential
                  secret: {secretName: %1$s, optional: true}
                containers:
                - name: hook
                  image: none
                  command: [sh, -euc, %4$s]
                  env:
                  - {name: API, value: "%5$s"}
                  - {name: PROVIDER, value: "%6$s"}
                  volumeMounts:
                  - {name: credential, mountPath: /credential}
      """;

  /// What is named by an id of the Secret is in use; the rest with the tag was left behind.
  private static final String ISSUE =
      """
      account=/var/run/secrets/kubernetes.io/serviceaccount
      tag="$CREDENCE_IDENTITY_UID/$CREDENCE_SECRET"
      secret="$API/api/v1/namespaces/$CREDENCE_NAMESPACE/secrets/$CREDENCE_VALUE_SECRET"
      (umask 077; printf 'Authorization: Bearer %s\\n' "$(cat $account/token)" > header)
      encode() { printf %s "$1" | base64 | tr -d '\\n'; }
      write() {
        printf '{"data":{"token-id":"%s","token":"%s"}}' "$(encode "$1")" "$(encode "$2")" > body
        code=$(curl --silent --output answer --write-out '%{http_code}' --cacert $account/ca.crt \\
          --request PATCH --header @header --header 'Content-Type: application/merge-patch+json' \\
          --data @body "$secret$3")
        [ "$code" = 200 ]
      }
      tries=0
      until write placeholder placeholder '?dryRun=All'; do
        tries=$((tries + 1))
        if [ $tries = 240 ]; then cat answer; exit 1; fi
        sleep 0.25
      done
      used=" $(cat /credential/token-id 2>/dev/null || true) $(cat /credential/token-id.previous 2>/dev/null || true) "
      for id in $(curl --silent --fail "$PROVIDER/keys?tag=$tag"); do
        case "$used" in
          *" $id "*) ;;
          *) curl --silent --fail --request DELETE "$PROVIDER/keys/$id" ;;
        esac
      done
      key=$(curl --silent --fail --request POST "$PROVIDER/keys?tag=$tag/$CREDENCE_VERSION")
      write "${key%% *}" "${key#* }" ''
      curl --silent --fail --request POST "$PROVIDER/written?tag=$tag"
      echo "issued ${key%% *}"
      """;

  private static final String REVOKE =
      """
      tag="$CREDENCE_IDENTITY_UID/$CREDENCE_SECRET/$CREDENCE_VERSION"
      id=$(cat "/credential/token-id$CREDENCE_KEY_SUFFIX" 2>/dev/null || true)
      for one in ${id:-$(curl --silent --fail "$PROVIDER/keys?tag=$tag")}; do
        curl --silent --fail --request DELETE "$PROVIDER/keys/$one"
      done
      """;

  /// For these Secrets.
  public static IssuedTokens of(Scene scene, TwoKeyProvider provider, String... secrets) {
    scene.create(ACCOUNT);
    scene.create(ROLE);
    scene.create(BINDING.formatted(scene.namespace()));
    for (var secret : secrets) {
      createHook(scene, provider.address(), secret, "issue", ISSUE);
      createHook(scene, provider.address(), secret, "revoke", REVOKE);
    }
    return new IssuedTokens(
        scene, provider, TestKubelet.start(scene.client(), scene.namespace(), Path.of("/usr/bin")));
  }

  private static void createHook(
      Scene scene, URI provider, String secret, String step, String script) {
    var api = scene.client().getMasterUrl().toString().replaceAll("/$", "");
    scene.create(
        HOOK.formatted(
            secret,
            step,
            TestKubelet.SCHEDULER,
            "\"" + script.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + "\"",
            api,
            provider));
  }

  /// An item of `spec.secrets`.
  public static String secret(String name, String rotation, String moreHooks) {
    return """
    {name: %1$s, generate: {keys: [{name: token, issued: {}}, {name: token-id, issued: {id: true}}, {name: header, template: "PRIVATE-TOKEN: {token}"}]},
     rotation: {%2$s}, hooks: {issue: {cronJobName: %1$s-issue, timeout: 1m}, revoke: {cronJobName: %1$s-revoke, timeout: 1m}%3$s}}
    """
        .formatted(name, rotation, moreHooks);
  }

  /// The ids of the keys that open the system.
  public List<String> keys(String identity, String secret) {
    var uid = scene.identity(identity).get().getMetadata().getUid();
    return provider.keys(uid, secret).stream().map(TwoKeyProvider.Key::id).toList();
  }

  @Override
  public void close() {
    kubelet.close();
  }
}
