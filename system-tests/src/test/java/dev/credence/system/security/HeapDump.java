// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.security;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;

/// What is in the memory of a JVM, in the binary format of HotSpot's `GC.heap_dump` (HPROF 1.0.2),
/// whose identifiers have eight bytes.
public final class HeapDump {
  private static final int HEADER_OF_RECORD = 9;
  private static final int TEXT = 0x01;
  private static final int LOADED_CLASS = 0x02;
  private static final int SEGMENT = 0x1c;
  private static final int WHOLE = 0x0c;
  private static final int ID = 8;
  private static final int OBJECT = 2;

  private final byte[] bytes;
  private final ByteBuffer all;
  private final Map<Long, String> texts = new HashMap<>();
  private final Map<Long, String> names = new HashMap<>();
  private final Map<Long, ClassDump> classes = new HashMap<>();
  private final Map<Long, List<Integer>> instancesByClass = new HashMap<>();
  private final Map<Long, Integer> instances = new HashMap<>();
  private final Map<Long, Integer> arrays = new HashMap<>();
  private final Map<Long, Integer> objectArrays = new HashMap<>();
  private final Map<Long, Map<String, Long>> statics = new HashMap<>();
  private final Set<Long> roots = new HashSet<>();
  private final Map<Long, String> holders = new HashMap<>();

  /// `fields`: those of its instances that it declares itself, in their order, with their types.
  private record ClassDump(long parent, LinkedHashMap<String, Integer> fields) {}

  public static HeapDump read(Path file) throws IOException {
    return new HeapDump(Files.readAllBytes(file));
  }

  private HeapDump(byte[] bytes) {
    this.bytes = bytes;
    this.all = ByteBuffer.wrap(bytes);
    read();
  }

  public byte[] bytes() {
    return bytes;
  }

  /// With zeros in the array of every `ByteBuffer` that an object of this class has in this field.
  /// Says how many they were, so that a field that is called otherwise is noticed.
  public int blank(String className, String field) {
    var blanked = 0;
    for (var instance : instancesOf(className)) {
      var array =
          reference(instance, field).stream()
              .mapToObj(instances::get)
              .flatMapToLong(buffer -> reference(buffer, "hb").stream())
              .findFirst();
      if (array.isPresent()) {
        var start = arrays.get(array.getAsLong());
        Arrays.fill(bytes, start, start + all.getInt(start - 5), (byte) 0);
        blanked++;
      }
    }
    return blanked;
  }

  /// What keeps the object at this place of the dump from being collected: the fields on the
  /// shortest way from it to a root.
  public String holders(int place) {
    return holders.computeIfAbsent(objectAt(place), this::way);
  }

  private long objectAt(int place) {
    return Stream.concat(arrays.entrySet().stream(), instances.entrySet().stream())
        .filter(object -> object.getValue() <= place)
        .max(Map.Entry.comparingByValue())
        .orElseThrow()
        .getKey();
  }

  private String way(long object) {
    var ways = new HashMap<>(Map.of(object, ""));
    for (var reached = Set.of(object); !reached.isEmpty(); ) {
      var end = reached.stream().filter(roots::contains).findFirst();
      if (end.isPresent()) {
        return ways.get(end.get());
      }
      var next = new HashSet<Long>();
      eachReference(
          reached,
          (holder, field, held) -> {
            if (ways.putIfAbsent(holder, ways.get(held) + " < " + field) == null) {
              next.add(holder);
            }
          });
      reached = next;
    }
    return " < nothing";
  }

  private interface Reference {
    void by(long holder, String field, long held);
  }

  private void eachReference(Set<Long> wanted, Reference reference) {
    instances.forEach(
        (holder, start) -> {
          var at = start + ID + 4 + ID + 4;
          for (var id = all.getLong(start + ID + 4); id != 0; id = classes.get(id).parent()) {
            for (var field : classes.get(id).fields().entrySet()) {
              if (field.getValue() == OBJECT && wanted.contains(all.getLong(at))) {
                var name = names.get(all.getLong(start + ID + 4));
                reference.by(holder, name + "." + field.getKey(), all.getLong(at));
              }
              at += size(field.getValue());
            }
          }
        });
    objectArrays.forEach(
        (holder, start) -> {
          var length = all.getInt(start - ID - 4);
          for (var index = 0; index < length; index++) {
            var held = all.getLong(start + index * ID);
            if (wanted.contains(held)) {
              reference.by(holder, names.get(all.getLong(start - ID)) + "[]", held);
            }
          }
        });
    statics.forEach(
        (holder, fields) ->
            fields.forEach(
                (field, held) -> {
                  if (wanted.contains(held)) {
                    reference.by(holder, "static " + names.get(holder) + "." + field, held);
                  }
                }));
  }

  private List<Integer> instancesOf(String className) {
    return names.entrySet().stream()
        .filter(name -> name.getValue().equals(className.replace('.', '/')))
        .flatMap(name -> instancesByClass.getOrDefault(name.getKey(), List.of()).stream())
        .toList();
  }

  /// The object that a field of the instance at this place refers to; none where it is null.
  private OptionalLong reference(int instance, String wanted) {
    var at = instance + ID + 4 + ID + 4;
    for (var id = all.getLong(instance + ID + 4); id != 0; id = classes.get(id).parent()) {
      for (var field : classes.get(id).fields().entrySet()) {
        if (field.getKey().equals(wanted)) {
          var reference = all.getLong(at);
          return reference == 0 ? OptionalLong.empty() : OptionalLong.of(reference);
        }
        at += size(field.getValue());
      }
    }
    throw new IllegalArgumentException("no field " + wanted);
  }

  private void read() {
    var at = 0;
    while (bytes[at] != 0) {
      at++;
    }
    at += 1 + Integer.BYTES + Long.BYTES;
    while (at < bytes.length) {
      var start = at + HEADER_OF_RECORD;
      var end = start + all.getInt(at + 5);
      switch (bytes[at]) {
        case TEXT ->
            texts.put(all.getLong(start), new String(bytes, start + ID, end - start - ID, UTF_8));
        case LOADED_CLASS ->
            names.put(all.getLong(start + 4), texts.get(all.getLong(start + 4 + ID + 4)));
        case SEGMENT, WHOLE -> readObjects(start, end);
        default -> {}
      }
      at = end;
    }
  }

  private void readObjects(int from, int end) {
    var at = from;
    while (at < end) {
      var tag = all.get(at) & 0xff;
      at++;
      if (tag < 0x20 || tag == 0xff) {
        roots.add(all.getLong(at));
      }
      switch (tag) {
        case 0xff, 0x05, 0x07 -> at += ID;
        case 0x04, 0x06 -> at += ID + 4;
        case 0x01 -> at += ID + ID;
        case 0x02, 0x03, 0x08 -> at += ID + 8;
        case 0x20 -> at = afterClass(at);
        case 0x21 -> {
          instances.put(all.getLong(at), at);
          instancesByClass
              .computeIfAbsent(all.getLong(at + ID + 4), _ -> new ArrayList<>())
              .add(at);
          at += ID + 4 + ID + 4 + all.getInt(at + ID + 4 + ID);
        }
        case 0x22 -> {
          objectArrays.put(all.getLong(at), at + ID + 4 + 4 + ID);
          at += ID + 4 + 4 + ID + ID * all.getInt(at + ID + 4);
        }
        case 0x23 -> {
          arrays.put(all.getLong(at), at + ID + 9);
          at += ID + 9 + all.getInt(at + ID + 4) * size(all.get(at + ID + 8));
        }
        default -> throw new IllegalStateException("no dump of HotSpot: record " + tag);
      }
    }
  }

  /// Its constants, its static fields with their values, and what its instances have.
  private int afterClass(int start) {
    var at = start + 7 * ID + 4 + 4;
    var constants = all.getShort(at) & 0xffff;
    at += 2;
    for (var constant = 0; constant < constants; constant++) {
      at += 3 + size(all.get(at + 2));
    }
    var count = all.getShort(at) & 0xffff;
    at += 2;
    var values = new HashMap<String, Long>();
    for (var field = 0; field < count; field++) {
      if (all.get(at + ID) == OBJECT) {
        values.put(texts.get(all.getLong(at)), all.getLong(at + ID + 1));
      }
      at += ID + 1 + size(all.get(at + ID));
    }
    var fields = new LinkedHashMap<String, Integer>();
    statics.put(all.getLong(start), values);
    count = all.getShort(at) & 0xffff;
    at += 2;
    for (var field = 0; field < count; field++) {
      var name = Optional.ofNullable(texts.get(all.getLong(at))).orElse("?" + field);
      fields.put(name, (int) all.get(at + ID));
      at += ID + 1;
    }
    classes.put(all.getLong(start), new ClassDump(all.getLong(start + ID + 4), fields));
    return at;
  }

  private static int size(int type) {
    return switch (type) {
      case OBJECT, 7, 11 -> 8;
      case 6, 10 -> 4;
      case 5, 9 -> 2;
      case 4, 8 -> 1;
      default -> throw new IllegalStateException("no dump of HotSpot: type " + type);
    };
  }
}
