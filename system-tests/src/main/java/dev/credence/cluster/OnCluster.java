// SPDX-License-Identifier: Apache-2.0
package dev.credence.cluster;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/// For test classes: methods may ask for the shared [LocalCluster], and for a [TestNamespace] of
/// their own, which is deleted when the test is over (one that `@BeforeAll` asks for: when the
/// class is).
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(OnCluster.Parameters.class)
public @interface OnCluster {

  final class Parameters implements ParameterResolver {
    private static final ExtensionContext.Namespace STORE =
        ExtensionContext.Namespace.create(OnCluster.class);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
      var type = parameter.getParameter().getType();
      return type == LocalCluster.class || type == TestNamespace.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
      var cluster = LocalCluster.shared();
      if (parameter.getParameter().getType() == LocalCluster.class) {
        return cluster;
      }
      // Objects in the store are closed when the test, or the class, is over.
      var test = context.getTestMethod().map(method -> method.getName());
      return context
          .getStore(STORE)
          .getOrComputeIfAbsent(
              context.getUniqueId(),
              id ->
                  TestNamespace.create(
                      cluster.client(),
                      test.orElseGet(() -> context.getRequiredTestClass().getSimpleName())),
              TestNamespace.class);
    }
  }
}
