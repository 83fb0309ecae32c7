// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe;

import dev.credence.api.Api;
import io.fabric8.generator.annotation.Required;
import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// What anybody may have written: texts, and whole specs with anything in them or nothing. The same
/// for the same seed.
public final class Garbage {
  private static final List<String> TEXTS =
      List.of(
          "",
          " ",
          "0",
          "-1",
          "1",
          "08",
          "9223372036854775807",
          "9223372036854775808",
          "1e9",
          "true",
          "null",
          "2027-01-01T00:00:00Z",
          "2027-01-01T00:00:00.123456789+14:00",
          "2027-01-01",
          "2027-02-30T00:00:00Z",
          "0000-01-01T00:00:00Z",
          "+999999999-12-31T23:59:59Z",
          "-999999999-01-01T00:00:00Z",
          "720h",
          "30d",
          "0s",
          "999999h9999999m999999999s",
          "1h1m1s",
          "-5m",
          "h",
          "* * * * *",
          "0 2 * * 1-5/",
          "0|30 2 * * *",
          "0 8-18/ * * *",
          "*/99999999999 * * * *",
          "GMT+2",
          "8760.0h",
          "1h-5m",
          "alice\u200b@example.com",
          "0 0 30 2 *",
          "99 99 99 99 99",
          "@daily",
          "Europe/Berlin",
          "Mars/Olympus",
          "[",
          "(a+)+$",
          "\\",
          "{password}{",
          "{{{}}}",
          "payments-db",
          "payments-api",
          "a!",
          "two\nlines",
          "\u0000",
          "\u001b[2J",
          "\u202eright to left",
          "日本語😀",
          "\ud83d",
          "x".repeat(253),
          "x".repeat(254),
          "😀".repeat(200),
          "y".repeat(3_000));

  /// Every annotation and label that we read.
  public static final List<String> KEYS = keys();

  private static List<String> keys() {
    var keys = new ArrayList<>(List.of("kubernetes.io/service-account.name"));
    for (var field : Api.class.getFields()) {
      try {
        if (field.get(null) instanceof String text && text.contains("/")) {
          keys.add(text);
        }
      } catch (IllegalAccessException impossible) {
        throw new AssertionError(impossible);
      }
    }
    return keys;
  }

  static final List<String> TIMES =
      List.of(
          "2026-12-31T00:00:00Z",
          "2027-01-01T00:00:01Z",
          "1970-01-01T00:00:00Z",
          "0001-01-01T00:00:00Z",
          "9999-12-31T23:59:59Z",
          "+999999999-12-31T23:59:59Z",
          "-999999999-01-01T00:00:00Z");

  static final List<String> NUMBERS = List.of("1", "2", "8", "2147483648", "9223372036854775807");

  private final Random random;

  public Garbage(long seed) {
    this.random = new Random(seed);
  }

  public boolean perhaps() {
    return random.nextBoolean();
  }

  public boolean mostly() {
    return random.nextInt(8) != 0;
  }

  public <T> T of(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  public String text() {
    return switch (random.nextInt(8)) {
      case 0 -> noise(random.nextInt(40));
      case 1 -> of(TEXTS) + of(TEXTS);
      default -> of(TEXTS);
    };
  }

  private String noise(int length) {
    return random
        .ints(length, 0, 0x3000)
        .mapToObj(character -> String.valueOf((char) character))
        .collect(Collectors.joining());
  }

  /// Some of the keys, each with any text.
  public Map<String, String> annotations(List<String> keys) {
    var annotations = new HashMap<String, String>();
    keys.stream().filter(key -> mostly()).forEach(key -> annotations.put(key, text(key)));
    return annotations;
  }

  /// Often what belongs there, at its extremes.
  private String text(String key) {
    if (key.endsWith("-at") && perhaps()) {
      return of(TIMES);
    }
    return key.endsWith("/version") && perhaps() ? of(NUMBERS) : text();
  }

  /// A record in which whatever may be left out may be missing, and the rest may be anything of its
  /// type.
  <R extends Record> R record(Class<R> type) {
    var components = type.getRecordComponents();
    var values = new Object[components.length];
    for (var at = 0; at < values.length; at++) {
      values[at] = component(components[at]);
    }
    try {
      return constructor(type).newInstance(values);
    } catch (ReflectiveOperationException impossible) {
      throw new AssertionError(impossible);
    }
  }

  private static <R extends Record> Constructor<R> constructor(Class<R> type)
      throws NoSuchMethodException {
    var types =
        Arrays.stream(type.getRecordComponents())
            .map(RecordComponent::getType)
            .toArray(Class<?>[]::new);
    var constructor = type.getDeclaredConstructor(types);
    constructor.setAccessible(true);
    return constructor;
  }

  private Object component(RecordComponent component) {
    var required =
        component.isAnnotationPresent(Required.class)
            || component.getAccessor().isAnnotationPresent(Required.class);
    var isWordOfNewerSchema = component.getType().isEnum() && random.nextInt(4) == 0;
    return (required && !isWordOfNewerSchema) || perhaps()
        ? component.getType() == String.class
            ? fitting(component.getName())
            : value(component.getGenericType())
        : null;
  }

  /// Often nearly what belongs into a field of this name.
  private String fitting(String field) {
    if (!perhaps()) {
      return text();
    }
    return switch (field) {
      case "schedule", "cron" ->
          IntStream.range(0, 5).mapToObj(_ -> of(CRON)).collect(Collectors.joining(" "));
      case "timeZone" -> of(List.of("UTC", "Europe/Berlin", "GMT+2", "Z", "SystemV/PST8", "EST"));
      case "template" ->
          IntStream.range(0, 4).mapToObj(_ -> of(TEMPLATE)).collect(Collectors.joining());
      default ->
          DURATIONS.contains(field)
              ? IntStream.range(0, random.nextInt(1, 4))
                  .mapToObj(_ -> random.nextInt(2_000) + of(List.of("h", "m", "s", "d", ".5h", "")))
                  .collect(Collectors.joining())
              : text();
    };
  }

  private static final List<String> CRON =
      List.of(
          "*",
          "0",
          "1-5",
          "1-5/",
          "*/2",
          "/",
          "-",
          "5-1",
          "1,2",
          ",",
          "MON",
          "JAN-",
          "7",
          "L",
          "?",
          "|",
          "1-5/2/3",
          "*-5",
          "99999999999",
          "0/0",
          "#",
          "-1",
          "+1",
          "*/");
  private static final List<String> TEMPLATE =
      List.of("{", "}", "{{", "}}", "{password}", "{password|url}", "{|}", "|url", "\u200b", "x");
  private static final List<String> DURATIONS =
      List.of(
          "every",
          "overlap",
          "duration",
          "renewBefore",
          "timeout",
          "lifetime",
          "max",
          "maxInterval",
          "maxOverlap",
          "waitFor",
          "after",
          "maxDuration",
          "minRenewBefore",
          "maxLifetime",
          "tokens.legacy.unusedFor",
          "decommissionAfter");

  private Object value(Type type) {
    if (type instanceof ParameterizedType generic) {
      var arguments = generic.getActualTypeArguments();
      return generic.getRawType() == List.class ? list(arguments[0]) : map(arguments[1]);
    }
    var plain = (Class<?>) type;
    if (plain.isRecord()) {
      return record(plain.asSubclass(Record.class));
    }
    if (plain.isEnum()) {
      return of(List.of(plain.getEnumConstants()));
    }
    return switch (plain.getSimpleName()) {
      case "String" -> text();
      case "Integer" -> of(List.of(0, 1, -1, 32, 4_096, Integer.MAX_VALUE, Integer.MIN_VALUE));
      case "Long" -> of(List.of(0L, 1L, -1L, Long.MAX_VALUE, Long.MIN_VALUE));
      case "Boolean" -> perhaps();
      case "Instant" ->
          of(
              List.of(
                  Instant.EPOCH, Instant.MIN, Instant.MAX, Instant.parse("2027-01-01T00:00:00Z")));
      default -> throw new AssertionError("what is a " + plain + "?");
    };
  }

  /// A word of a newer schema in a list arrives as null. Names are there once, as in a list-map.
  private List<Object> list(Type of) {
    var isEnum = of instanceof Class<?> type && type.isEnum();
    var names = new HashSet<>();
    return IntStream.range(0, random.nextInt(4))
        .mapToObj(item -> isEnum && perhaps() ? null : value(of))
        .filter(item -> !(item instanceof Record named) || names.add(name(named)))
        .collect(Collectors.toCollection(ArrayList::new));
  }

  private static Object name(Record item) {
    return Arrays.stream(item.getClass().getRecordComponents())
        .filter(component -> List.of("name", "key", "type").contains(component.getName()))
        .findFirst()
        .map(
            component -> {
              try {
                return component.getAccessor().invoke(item);
              } catch (ReflectiveOperationException impossible) {
                throw new AssertionError(impossible);
              }
            })
        .orElse(item);
  }

  private Map<String, Object> map(Type of) {
    var map = new HashMap<String, Object>();
    IntStream.range(0, random.nextInt(4)).forEach(item -> map.put(text(), value(of)));
    return map;
  }
}
