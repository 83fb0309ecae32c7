// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// Stands between a hook and its server, and cuts all connections at a message of the hook: before
/// the server sees it, or after the server answered and before the hook sees the answer. For the
/// server, that is a hook that is killed at this place.
public final class Cut implements AutoCloseable {
  private static final int ANSWER_MILLIS = 400;

  /// Where a connection is cut.
  public enum Place {
    BEFORE,
    AFTER
  }

  private final ServerSocket listening;
  private final int server;
  private final int at;
  private final Place place;
  private final Runnable kill;
  private final AtomicInteger messages = new AtomicInteger();
  private final CountDownLatch isAnswered = new CountDownLatch(1);
  private final List<Socket> open = new CopyOnWriteArrayList<>();

  public Cut(int server, int at, Place place) {
    this(0, server, at, place, () -> {});
  }

  /// With a port of its own, for servers that tell clients their port, and with what ends a client
  /// that would connect again.
  public Cut(int port, int server, int at, Place place, Runnable kill) {
    this.server = server;
    this.at = at;
    this.place = place;
    this.kill = kill;
    try {
      listening = new ServerSocket(port, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().start(this::accept);
  }

  public int port() {
    return listening.getLocalPort();
  }

  public int messages() {
    return messages.get();
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        var hook = listening.accept();
        open.add(hook);
        var behind = new Socket(InetAddress.getLoopbackAddress(), server);
        open.add(behind);
        Thread.ofVirtual().start(() -> answers(behind, hook));
        Thread.ofVirtual().start(() -> messages(hook, behind));
      } catch (IOException e) {
        closeAll();
      }
    }
  }

  private void messages(Socket hook, Socket behind) {
    var buffer = new byte[65536];
    try (InputStream from = hook.getInputStream();
        OutputStream to = behind.getOutputStream()) {
      for (int read; (read = from.read(buffer)) >= 0; ) {
        if (messages.getAndIncrement() == at) {
          if (place == Place.AFTER) {
            to.write(buffer, 0, read);
            to.flush();
            isAnswered.await(ANSWER_MILLIS, TimeUnit.MILLISECONDS);
          }
          closeAll();
          kill();
          return;
        }
        to.write(buffer, 0, read);
        to.flush();
      }
    } catch (IOException e) {
      // One side has closed the connection.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    closeAll();
  }

  private synchronized void kill() {
    if (!listening.isClosed()) {
      kill.run();
    }
  }

  private void answers(Socket behind, Socket hook) {
    var buffer = new byte[65536];
    try (InputStream from = behind.getInputStream()) {
      for (int read; (read = from.read(buffer)) >= 0; ) {
        if (messages.get() > at) {
          isAnswered.countDown();
        } else {
          hook.getOutputStream().write(buffer, 0, read);
          hook.getOutputStream().flush();
        }
      }
    } catch (IOException e) {
      // One side has closed the connection.
    }
    isAnswered.countDown();
    if (messages.get() <= at) {
      closeAll();
    }
  }

  private void closeAll() {
    for (var socket : open) {
      try {
        socket.close();
      } catch (IOException e) {
        // It is closed already.
      }
    }
  }

  @Override
  public synchronized void close() {
    try {
      listening.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    closeAll();
  }
}
