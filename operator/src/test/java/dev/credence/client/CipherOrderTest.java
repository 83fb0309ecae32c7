// SPDX-License-Identifier: Apache-2.0
package dev.credence.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.NoSuchAlgorithmException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.Test;

class CipherOrderTest {
  @Test
  void what_is_cheap_is_asked_for_first_and_all_others_after_it() throws NoSuchAlgorithmException {
    var context = SSLContext.getDefault();
    var usual = context.getDefaultSSLParameters().getCipherSuites();
    var suites = CipherOrder.cheapFirst(context, new SSLParameters()).getCipherSuites();
    assertThat(suites).containsExactlyInAnyOrder(usual).startsWith("TLS_CHACHA20_POLY1305_SHA256");
    assertThat(suites)
        .as("the others in their own order")
        .containsSubsequence("TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256");
  }

  @Test
  void what_somebody_named_is_left_alone() throws NoSuchAlgorithmException {
    var named = new SSLParameters(new String[] {"TLS_AES_128_GCM_SHA256"});
    assertThat(CipherOrder.cheapFirst(SSLContext.getDefault(), named).getCipherSuites())
        .containsExactly("TLS_AES_128_GCM_SHA256");
  }
}
