// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.evidence;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// The place of a source address: the network that was declared, as the range of a node pool,
/// or else a block of fixed size: /16 of the private ranges, where pods and nodes come and
/// go, /24 of public IPv4 addresses, /48 of IPv6.
public record Networks(List<Network> declared) {
  public static final Networks NONE = new Networks(List.of());

  private static final Pattern LITERAL = Pattern.compile("[0-9.]{7,15}|[0-9a-fA-F:.]{2,45}");
  private static final List<Network> PRIVATE =
      List.of(
          Network.of("10.0.0.0/8").orElseThrow(),
          Network.of("172.16.0.0/12").orElseThrow(),
          Network.of("192.168.0.0/16").orElseThrow(),
          Network.of("100.64.0.0/10").orElseThrow(),
          Network.of("127.0.0.0/8").orElseThrow());
  private static final int IPV4 = 4;

  public Networks {
    declared = List.copyOf(declared);
  }

  /// A block of addresses, with the name that it is shown by.
  public record Network(String name, BigInteger prefix, int length, int bytes) {

    /// `10.20.0.0/16` or `pool-a=10.20.0.0/16`; empty where it is not written so.
    public static Optional<Network> of(String text) {
      var cidr = text.substring(text.indexOf('=') + 1);
      var slash = cidr.indexOf('/');
      if (slash < 0 || !cidr.substring(slash + 1).matches("\\d{1,3}")) {
        return Optional.empty();
      }
      var length = Integer.parseInt(cidr.substring(slash + 1));
      var name = text.contains("=") ? text.substring(0, text.indexOf('=')) : cidr;
      return address(cidr.substring(0, slash))
          .filter(address -> length <= address.length * 8)
          .map(address -> new Network(name, cut(address, length), length, address.length));
    }

    /// Whether every address of the other is one of this.
    public boolean contains(Network other) {
      return other.bytes == bytes
          && other.length >= length
          && other.prefix.shiftRight(other.length - length).equals(prefix);
    }

    boolean contains(byte[] address) {
      return address.length == bytes && cut(address, length).equals(prefix);
    }
  }

  private static BigInteger cut(byte[] address, int length) {
    return new BigInteger(1, address).shiftRight(address.length * 8 - length);
  }

  /// No name is ever resolved: only what is written as an address counts.
  private static Optional<byte[]> address(String text) {
    if (!LITERAL.matcher(text).matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.ofLiteral(text).getAddress());
    } catch (IllegalArgumentException wrong) {
      return Optional.empty();
    }
  }

  public String place(String text) {
    var address = address(text);
    if (address.isEmpty()) {
      return "(unknown)";
    }
    return declared.stream()
        .filter(network -> network.contains(address.get()))
        .findFirst()
        .map(Network::name)
        .orElseGet(() -> block(address.get()));
  }

  private static String block(byte[] address) {
    var length =
        address.length != IPV4
            ? 48
            : PRIVATE.stream().anyMatch(network -> network.contains(address)) ? 16 : 24;
    var start = address.clone();
    for (var i = length / 8; i < start.length; i++) {
      start[i] = 0;
    }
    try {
      return InetAddress.getByAddress(start).getHostAddress() + "/" + length;
    } catch (UnknownHostException impossible) {
      throw new IllegalStateException("an address has 4 or 16 bytes", impossible);
    }
  }

  /// The networks of these texts, or the first that is not one.
  public static Networks of(List<String> texts) {
    var networks = new ArrayList<Network>();
    for (var text : texts) {
      networks.add(
          Network.of(text)
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          text + " is not a network such as 10.20.0.0/16")));
    }
    return new Networks(networks);
  }
}
