package org.dbstore.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;

import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/**
 * Goal: bin/dbsctl finds its JVM, builds once, becomes the JVM and keeps a cache that never hurts.
 * It runs in a repository of its own, in which a small class stands for the product.
 */
class LauncherTest {
    private static final String PROGRAM =
            """
            package org.dbstore.tools;
            public class Main {
                public static void main(String[] args) {
                    System.out.println(ProcessHandle.current().pid() + " " + java.util.List.of(args));
                }
            }
            class StartTraining {
                public static void main(String[] args) {
                    Main.main(args);
                }
            }
            """;

    private record Ended(long pid, int exitCode, String output) {}

    @TempDir Path root;
    private final Map<String, String> environment = new HashMap<>();
    private Path lib = Path.of("");
    private Path cache = Path.of("");

    @BeforeEach
    void makeRepository() throws Exception {
        Path repository = Path.of("..");
        Files.createDirectories(root.resolve("bin"));
        Files.createDirectories(root.resolve("home"));
        lib = root.resolve("tools/target/lib");
        cache = root.resolve("tools/target/cache");
        Files.createDirectories(lib);
        Files.copy(repository.resolve("bin/dbsctl"), root.resolve("bin/dbsctl"));
        Files.copy(repository.resolve("tools/launch.sh"), root.resolve("tools/launch.sh"));
        Files.copy(repository.resolve("tools/jdk.sh"), root.resolve("tools/jdk.sh"));
        writeJar(lib.resolve("tools-1.jar"));
        environment.put("DBS_JAVA_HOME", System.getProperty("java.home"));
        environment.put("HOME", root.resolve("home").toString());
        environment.put("PATH", String.valueOf(System.getenv("PATH")));
    }

    @Test
    void argumentsArriveAsTheyAreAndThePidIsTheJvms() throws Exception {
        Ended ended = launch("a b", "", "*", "$HOME", "--direct");
        assertEquals(ended.pid + " [a b, , *, $HOME, --direct]\n", ended.output);
        assertEquals(0, ended.exitCode);
    }

    @Test
    void theCacheIsMadeOnceAndAgainWhenJarsChange() throws Exception {
        launch();
        Path first = onlyCache(cache);
        assertTrue(Files.size(first) > 1 << 20);
        var made = Files.getLastModifiedTime(first);
        launch();
        assertEquals(made, Files.getLastModifiedTime(onlyCache(cache)));
        writeJar(lib.resolve("zzz-2.jar"));
        Ended ended = launch("x");
        assertEquals(ended.pid + " [x]\n", ended.output);
        assertNotEquals(first, onlyCache(cache));
    }

    @Test
    void twoFirstStartsAtOnceBothWork() throws Exception {
        Process one = start("1");
        Process two = start("2");
        assertEquals(one.pid() + " [1]\n", end(one).output);
        assertEquals(two.pid() + " [2]\n", end(two).output);
        assertTrue(Files.size(onlyCache(cache)) > 1 << 20);
    }

    @Test
    void whereTheTreeCannotBeWrittenTheCacheGoesHome() throws Exception {
        Files.createFile(cache); // no folder can be made there, not even by root
        Ended ended = launch("x");
        assertEquals(ended.pid + " [x]\n", ended.output);
        assertTrue(Files.size(onlyCache(root.resolve("home/.cache/dbs"))) > 1 << 20);
        Files.delete(onlyCache(root.resolve("home/.cache/dbs")));
        Files.delete(root.resolve("home/.cache/dbs"));
        Files.createFile(root.resolve("home/.cache/dbs"));
        assertEquals(0, launch("x").exitCode);
    }

    @Test
    void aCacheThatIsBrokenIsNotFatal() throws Exception {
        launch();
        Files.writeString(onlyCache(cache), "not a cache");
        Ended ended = launch("x");
        assertEquals(0, ended.exitCode);
        assertTrue(ended.output.endsWith(ended.pid + " [x]\n"), ended.output);
    }

    @Test
    void anUnsuitableJdkIsNamed() throws Exception {
        environment.put("DBS_JAVA_HOME", "/nonexistent");
        Ended ended = launch();
        assertEquals(1, ended.exitCode);
        assertEquals(
                "dbsctl: DBS_JAVA_HOME=/nonexistent is no JDK 25 or later; correct or unset it\n",
                ended.output);
    }

    @Test
    void anOlderJdkIsPassedOver() throws Exception {
        Path old = Files.createDirectories(root.resolve("jdk17/bin"));
        executable(old.resolve("java"), "echo old");
        Files.writeString(root.resolve("jdk17/release"), "JAVA_VERSION=\"17.0.1\"\n");
        environment.put("PATH", old + ":" + environment.get("PATH"));
        environment.put("JAVA_HOME", root.resolve("jdk17").toString());
        environment.remove("DBS_JAVA_HOME");
        // The JDK of this test is found by one of the usual ways, or else as the operator's own.
        Files.createDirectories(root.resolve("home/.sdkman/candidates/java"));
        Files.createSymbolicLink(
                root.resolve("home/.sdkman/candidates/java/25"),
                Path.of(System.getProperty("java.home")));
        assertEquals(0, launch("x").exitCode);
    }

    @Test
    void withoutABuildAndMavenItSaysWhatIsMissing() throws Exception {
        Files.delete(lib.resolve("tools-1.jar"));
        environment.put("PATH", toolsWithoutMaven().toString());
        Ended ended = launch();
        assertEquals(1, ended.exitCode);
        assertTrue(ended.output.contains("Maven is missing"), ended.output);
    }

    @Test
    void twoFirstStartsBuildOnce() throws Exception {
        Path jar = lib.resolve("tools-1.jar");
        Path built = Files.move(jar, root.resolve("built.jar"));
        fakeMaven("echo built >>" + root + "/builds; sleep 1; cp " + built + " " + jar);
        Process one = start("1");
        Process two = start("2");
        Ended first = end(one);
        Ended second = end(two);
        assertTrue(first.output.endsWith("[1]\n"), first.output);
        assertTrue(second.output.endsWith("[2]\n"), second.output);
        assertTrue((first.output + second.output).contains("building once"));
        assertEquals("built\n", Files.readString(root.resolve("builds")));
    }

    @Test
    void aFailedBuildShowsItsEndAndItsLog() throws Exception {
        Files.delete(lib.resolve("tools-1.jar"));
        fakeMaven("echo COMPILATION ERROR; exit 1");
        Ended ended = launch();
        assertEquals(1, ended.exitCode);
        assertTrue(ended.output.contains("\nCOMPILATION ERROR\n"), ended.output);
        assertTrue(
                ended.output.endsWith("the whole log is " + root + "/target/build.log\n"),
                ended.output);
    }

    private Ended launch(String... args) throws Exception {
        return end(start(args));
    }

    private Process start(String... args) throws IOException {
        List<String> command = new ArrayList<>();
        command.add("sh");
        command.add(root.resolve("bin/dbsctl").toString());
        command.addAll(List.of(args));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().putAll(environment);
        return builder.start();
    }

    private static Ended end(Process process) throws Exception {
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.pid(), process.waitFor(), output);
    }

    private static Path onlyCache(Path directory) throws IOException {
        try (var files = Files.list(directory)) {
            List<Path> caches = files.toList();
            assertEquals(1, caches.size(), caches.toString());
            return caches.getFirst();
        }
    }

    /** A folder with the few commands the launcher needs. */
    private Path toolsWithoutMaven() throws IOException {
        Path tools = Files.createDirectories(root.resolve("commands"));
        for (String name : List.of("sh", "dirname", "readlink", "sed", "mkdir", "cat", "tail")) {
            for (String directory : List.of("/usr/bin", "/bin")) {
                Path tool = Path.of(directory, name);
                if (Files.exists(tool) && !Files.exists(tools.resolve(name))) {
                    Files.createSymbolicLink(tools.resolve(name), tool);
                }
            }
        }
        assertFalse(Files.exists(tools.resolve("mvn")));
        return tools;
    }

    private void fakeMaven(String script) throws IOException {
        Path directory = Files.createDirectories(root.resolve("maven"));
        executable(directory.resolve("mvn"), script);
        environment.put("PATH", directory + ":" + environment.get("PATH"));
    }

    private static void executable(Path file, String script) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + script + "\n");
        assertTrue(file.toFile().setExecutable(true));
    }

    private void writeJar(Path jar) throws IOException {
        Path classes = Files.createDirectories(root.resolve("classes"));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        var source =
                new SimpleJavaFileObject(
                        URI.create("string:///Main.java"), JavaFileObject.Kind.SOURCE) {
                    @Override
                    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                        return PROGRAM;
                    }
                };
        assertTrue(
                compiler.getTask(
                                null,
                                null,
                                null,
                                List.of("-d", classes.toString()),
                                null,
                                List.of(source))
                        .call());
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream output = new JarOutputStream(file)) {
            for (String name : List.of("Main", "StartTraining")) {
                String entry = "org/dbstore/tools/" + name + ".class";
                output.putNextEntry(new JarEntry(entry));
                output.write(Files.readAllBytes(classes.resolve(entry)));
                output.closeEntry();
            }
        }
    }
}
