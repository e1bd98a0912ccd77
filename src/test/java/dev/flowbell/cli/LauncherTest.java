package dev.flowbell.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.testing.process.ToolRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Runs `bin/flowbell` in a checkout with a made-up jar, JDK and Maven. It looks for JDK 99, so
/// that it finds none that this machine has. [FlowbellJarIT] runs the real ones.
final class LauncherTest {
  /// All that the script may need besides Java and Maven.
  private static final List<String> TOOLS = List.of("dirname", "find", "head", "readlink", "touch");

  @TempDir private Path folder;
  private Path checkout;
  private Path jdk;

  @BeforeEach
  void makeCheckout() throws IOException {
    folder = folder.toRealPath();
    checkout = Files.createDirectories(folder.resolve("check out"));
    Files.createDirectories(checkout.resolve("src/main"));
    Files.createDirectories(checkout.resolve("target/lib"));
    write(checkout.resolve("pom.xml"), "a pom");
    write(checkout.resolve("target/flowbell.jar"), "a jar");
    setAge(checkout.resolve("pom.xml"), Duration.ofHours(2));
    setAge(checkout.resolve("target/flowbell.jar"), Duration.ofHours(1));
    writeProgram(
        checkout.resolve("bin/flowbell"),
        Files.readString(Path.of("bin/flowbell")).replace("\nwanted=25\n", "\nwanted=99\n"));
    for (String tool : TOOLS) {
      writeProgram(
          folder.resolve("tools").resolve(tool),
          """
          #!/bin/sh
          PATH=/usr/bin:/bin
          exec %s "$@"
          """
              .formatted(tool));
    }
    jdk = makeJdk(folder.resolve("my jdk"), "99.0.1");
  }

  @Test
  void run_passesArgumentsAndExitCode() throws Exception {
    ToolRun run = run(Map.of("JAVA_HOME", jdk.toString()), "doctor", "a b", "", "*");

    assertThat(run.errors()).isEmpty();
    assertThat(run.output())
        .isEqualTo("<-jar><%s/target/flowbell.jar><doctor><a b><><*>\n".formatted(checkout));
    assertThat(run.exitCode()).isEqualTo(7);
  }

  @Test
  void run_bySymbolicLink() throws Exception {
    Path link = folder.resolve("link");
    Files.createSymbolicLink(link, Path.of("check out/bin/flowbell"));

    ToolRun run = run(link, Map.of("JAVA_HOME", jdk.toString()));

    assertThat(run.output()).isEqualTo("<-jar><%s/target/flowbell.jar>\n".formatted(checkout));
  }

  @Test
  void run_findsTheJdkWhereToolsPutIt() throws Exception {
    Path old = makeJdk(folder.resolve("old"), "17.0.19");
    for (String place : List.of(".jdks/temurin-99", ".sdkman/candidates/java/99-tem")) {
      Path home = Files.createDirectories(folder.resolve("home of " + place.replace('/', ' ')));
      makeJdk(home.resolve(place), "99");

      ToolRun run = run(Map.of("JAVA_HOME", old.toString(), "HOME", home.toString()));

      assertThat(run.exitCode()).as(place + run.errors()).isEqualTo(7);
    }
  }

  @Test
  void run_findsTheJdkOnThePath() throws Exception {
    Path bin = Files.createDirectories(folder.resolve("usr bin"));
    Files.createSymbolicLink(bin.resolve("java"), jdk.resolve("bin/java"));

    ToolRun run = run(Map.of("PATH", folder.resolve("tools") + ":" + bin));

    assertThat(run.exitCode()).as(run.errors()).isEqualTo(7);
  }

  @Test
  void run_noJdk() throws Exception {
    ToolRun run = run(Map.of("JAVA_HOME", makeJdk(folder.resolve("old"), "98.9.9").toString()));

    assertThat(run.errors())
        .isEqualTo(
            "flowbell: needs JDK 99 or newer, and found none: install one, for example Temurin 99"
                + " (https://adoptium.net), or let JAVA_HOME name it\n");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.output()).isEmpty();
  }

  /// As `.ci/dist` asks.
  @Test
  void run_printsTheJdkAndBuildsNothing() throws Exception {
    Files.delete(checkout.resolve("target/flowbell.jar"));

    ToolRun run = run(Map.of("JAVA_HOME", jdk.toString()), "--print-jdk");

    assertThat(run.errors()).isEmpty();
    assertThat(run.output()).isEqualTo(jdk + "\n");
    assertThat(run.exitCode()).isZero();
  }

  @Test
  void run_buildsOnce() throws Exception {
    Files.delete(checkout.resolve("target/flowbell.jar"));
    Map<String, String> environment = withMaven("mkdir -p \"${5%/*}/target/lib\"");

    ToolRun first = run(environment);
    assertThat(first.errors())
        .isEqualTo(
            """
            flowbell: building, once; this takes a minute
            maven with %s: -B -ntp -q -f %s/pom.xml package -Dmaven.test.skip=true
            """
                .formatted(jdk, checkout));
    assertThat(first.output()).isEqualTo("<-jar><%s/target/flowbell.jar>\n".formatted(checkout));
    assertThat(run(environment).errors()).isEmpty();
  }

  @Test
  void run_buildsAgainAfterAChange() throws Exception {
    write(checkout.resolve("src/main/Changed.java"), "newer than the jar");
    Map<String, String> environment = withMaven("");

    assertThat(run(environment).errors()).startsWith("flowbell: building, once");
    assertThat(run(environment).errors()).isEmpty();
  }

  @Test
  void run_buildFails() throws Exception {
    Files.delete(checkout.resolve("target/flowbell.jar"));

    ToolRun run = run(withMaven("exit 1"));

    assertThat(run.errors()).endsWith("flowbell: the build failed, see above\n");
    assertThat(run.exitCode()).isEqualTo(2);
  }

  @Test
  void run_noMaven() throws Exception {
    Files.delete(checkout.resolve("target/flowbell.jar"));

    ToolRun run = run(Map.of("JAVA_HOME", jdk.toString()));

    assertThat(run.errors())
        .isEqualTo(
            "flowbell: needs Maven to build itself once: install it, so that mvn is on the PATH\n");
    assertThat(run.exitCode()).isEqualTo(2);
  }

  private ToolRun run(Map<String, String> environment, String... arguments) throws IOException {
    return run(checkout.resolve("bin/flowbell"), environment, arguments);
  }

  private ToolRun run(Path program, Map<String, String> environment, String... arguments)
      throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "env",
                "-i",
                "PATH=" + folder.resolve("tools"),
                "HOME=" + folder.resolve("empty home")));
    environment.forEach((name, value) -> command.add(name + "=" + value));
    command.add("/bin/sh");
    command.add(program.toString());
    command.addAll(List.of(arguments));
    return ToolRun.of(folder, Map.of(), Duration.ofSeconds(30), command);
  }

  /// Returns an environment with a Maven that says how it was called.
  private Map<String, String> withMaven(String does) throws IOException {
    writeProgram(
        folder.resolve("maven/mvn"),
        """
        #!/bin/sh
        PATH=/usr/bin:/bin
        echo "maven with $JAVA_HOME: $*"
        %s
        """
            .formatted(does));
    return Map.of(
        "PATH",
        folder.resolve("tools") + ":" + folder.resolve("maven"),
        "JAVA_HOME",
        jdk.toString());
  }

  /// Makes a JDK whose `java` prints its arguments, and ends with 7.
  private static Path makeJdk(Path home, String version) throws IOException {
    writeProgram(
        home.resolve("bin/java"),
        """
        #!/bin/sh
        printf '<%s>' "$@"
        echo
        exit 7
        """);
    write(
        home.resolve("release"),
        "IMPLEMENTOR=\"made up\"\nJAVA_VERSION=\"%s\"\nLIBC=\"gnu\"\n".formatted(version));
    return home;
  }

  private static void write(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private static void writeProgram(Path file, String text) throws IOException {
    write(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static void setAge(Path file, Duration age) throws IOException {
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(age)));
  }
}
