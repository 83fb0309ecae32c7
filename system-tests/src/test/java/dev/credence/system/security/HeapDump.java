// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.security;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/// What is in the memory of a JVM, in the binary format of HotSpot's `GC.heap_dump` (HPROF 1.0.2),
/// whose identifiers have eight bytes.
public record HeapDump(byte[] bytes) {
  private static final int HEADER_OF_RECORD = 9;
  private static final int SEGMENT = 0x1c;
  private static final int WHOLE = 0x0c;
  private static final int ID = 8;
  private static final int BYTES = 8;
  private static final int OBJECT = 2;

  public static HeapDump read(Path file) throws IOException {
    return new HeapDump(Files.readAllBytes(file));
  }

  /// With zeros in every array of so many bytes; how many there were is not told.
  public HeapDump withoutArraysOf(int length) {
    var blank = bytes.clone();
    var all = ByteBuffer.wrap(bytes);
    var at = 0;
    while (bytes[at] != 0) {
      at++;
    }
    at += 1 + Integer.BYTES + Long.BYTES;
    while (at < bytes.length) {
      var end = at + HEADER_OF_RECORD + all.getInt(at + 5);
      if (bytes[at] == SEGMENT || bytes[at] == WHOLE) {
        blankIn(all, at + HEADER_OF_RECORD, end, length, blank);
      }
      at = end;
    }
    return new HeapDump(blank);
  }

  private static void blankIn(ByteBuffer all, int from, int end, int length, byte[] blank) {
    var at = from;
    while (at < end) {
      var tag = all.get(at) & 0xff;
      at++;
      switch (tag) {
        case 0xff, 0x05, 0x07 -> at += ID;
        case 0x04, 0x06 -> at += ID + 4;
        case 0x01 -> at += ID + ID;
        case 0x02, 0x03, 0x08 -> at += ID + 8;
        case 0x20 -> at = afterClass(all, at);
        case 0x21 -> at += ID + 4 + ID + 4 + all.getInt(at + ID + 4 + ID);
        case 0x22 -> at += ID + 4 + 4 + ID + ID * all.getInt(at + ID + 4);
        case 0x23 -> {
          var elements = all.getInt(at + ID + 4);
          var type = all.get(at + ID + 8);
          at += ID + 9;
          if (type == BYTES && elements == length) {
            Arrays.fill(blank, at, at + length, (byte) 0);
          }
          at += elements * size(type);
        }
        default -> throw new IllegalStateException("no dump of HotSpot: record " + tag);
      }
    }
  }

  /// Its constants, its static fields with their values, and the kinds of its other fields.
  private static int afterClass(ByteBuffer all, int start) {
    var at = start + 7 * ID + 4 + 4;
    var constants = all.getShort(at) & 0xffff;
    at += 2;
    for (var constant = 0; constant < constants; constant++) {
      at += 3 + size(all.get(at + 2));
    }
    var statics = all.getShort(at) & 0xffff;
    at += 2;
    for (var field = 0; field < statics; field++) {
      at += ID + 1 + size(all.get(at + ID));
    }
    return at + 2 + (all.getShort(at) & 0xffff) * (ID + 1);
  }

  private static int size(int type) {
    return switch (type) {
      case OBJECT, 7, 11 -> 8;
      case 6, 10 -> 4;
      case 5, 9 -> 2;
      case 4, BYTES -> 1;
      default -> throw new IllegalStateException("no dump of HotSpot: type " + type);
    };
  }
}
