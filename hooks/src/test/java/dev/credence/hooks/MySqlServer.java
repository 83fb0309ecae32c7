// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks;

import static dev.credence.hooks.Eventually.eventually;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/// A MySQL as a child process that listens on 127.0.0.1 alone, and logs every statement. Its
/// program requires the library libnuma of the machine.
final class MySqlServer implements AutoCloseable {
  private static final String BINARIES = "/mysql-Linux-amd64.tar.gz";

  private final Path folder;
  private final Path programs;
  private final Process process;
  private final int port = Free.port();

  MySqlServer(Certificates certificates, String rootPassword) throws Exception {
    var top = Files.createDirectories(Path.of("target", "mysql").toAbsolutePath());
    programs = top.resolve("8.0.15");
    if (!Files.exists(programs.resolve("bin/mysqld"))) {
      unpack(programs);
    }
    folder = Files.createDirectories(top.resolve("data-" + UUID.randomUUID()));
    var initialized = program("--initialize-insecure").start();
    if (initialized.waitFor() != 0) {
      throw new IllegalStateException(Files.readString(folder.resolve("output")));
    }
    process =
        program(
                "--bind-address=127.0.0.1",
                "--port=" + port,
                "--socket=" + Path.of("/tmp", "credence-" + UUID.randomUUID() + ".sock"),
                "--pid-file=" + folder.resolve("pid"),
                "--mysqlx=0",
                "--ssl-cert=" + certificates.certificate(),
                "--ssl-key=" + certificates.key(),
                "--ssl-ca=" + certificates.certificate(),
                "--general-log=1",
                "--general-log-file=" + log(),
                "--log-bin=" + folder.resolve("binary-log"),
                "--server-id=1")
            .start();
    eventually("the server answers")
        .ignoreExceptions()
        .until(() -> run("root", "", List.of("SELECT 1")));
    run("root", "", List.of("ALTER USER root@localhost IDENTIFIED BY '" + rootPassword + "'"));
  }

  int port() {
    return port;
  }

  Path log() {
    return folder.resolve("general.log");
  }

  /// The general log, the log of errors and the binary logs.
  List<Path> logs() {
    try (var files = Files.list(folder)) {
      return files.filter(Files::isRegularFile).toList();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  boolean run(String user, String password, List<String> statements) throws SQLException {
    try (var session = DriverManager.getConnection(url(), user, password);
        var statement = session.createStatement()) {
      for (var sql : statements) {
        statement.execute(sql);
      }
      return true;
    }
  }

  String url() {
    return "jdbc:mariadb://127.0.0.1:%d/?sslMode=disable&allowPublicKeyRetrieval=true"
        .formatted(port);
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  private ProcessBuilder program(String... options) {
    var words = new ArrayList<String>();
    words.add(programs.resolve("bin/mysqld").toString());
    words.addAll(
        List.of(
            "--no-defaults",
            "--user=" + System.getProperty("user.name"),
            "--basedir=" + programs,
            "--datadir=" + folder.resolve("data"),
            "--innodb-use-native-aio=0",
            "--innodb-buffer-pool-size=16M",
            "--innodb-log-file-size=8M",
            "--innodb-flush-log-at-trx-commit=0"));
    words.addAll(List.of(options));
    var builder = new ProcessBuilder(words);
    builder.environment().put("LD_LIBRARY_PATH", programs.resolve("lib-of-jdk").toString());
    return builder
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("output").toFile()));
  }

  /// The program is linked with libaio, which few machines have. With native I/O off, it calls no
  /// function of it, so any library may stand in: this one of the JDK needs nothing but libc.
  private static void unpack(Path into) throws Exception {
    Files.createDirectories(into.resolve("lib-of-jdk"));
    Files.copy(
        Path.of(System.getProperty("java.home"), "lib", "libsyslookup.so"),
        into.resolve("lib-of-jdk/libaio.so.1"),
        StandardCopyOption.REPLACE_EXISTING);
    var tar =
        new ProcessBuilder("tar", "xzf", "-", "-C", into.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (var archive = MySqlServer.class.getResourceAsStream(BINARIES);
        var to = tar.getOutputStream()) {
      archive.transferTo(to);
    }
    if (tar.waitFor() != 0) {
      throw new IOException("tar cannot unpack " + BINARIES);
    }
  }
}
