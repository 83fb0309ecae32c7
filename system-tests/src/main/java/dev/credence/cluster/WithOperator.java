// SPDX-License-Identifier: Apache-2.0
package dev.credence.cluster;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/// For test classes: [OnCluster], and an operator that runs there from the first test of the class
/// to the last. For classes that change nothing of it.
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@OnCluster
@ExtendWith(WithOperator.FromFirstToLast.class)
public @interface WithOperator {

  final class FromFirstToLast implements BeforeAllCallback {
    @Override
    public void beforeAll(ExtensionContext context) {
      // Objects in the store are closed when the class is over, the last first.
      var store = context.getStore(ExtensionContext.Namespace.create(WithOperator.class));
      var cluster = LocalCluster.shared();
      Denials.since(cluster).ifPresent(denials -> store.put(Denials.class, denials));
      store.put(OperatorProcess.class, OperatorProcess.on(cluster).start());
    }
  }
}
