package org.dbstore.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** What a listener on the socket, here a few lines of Python, gets. */
class ServiceManagerTest {
    private static final String LISTENER =
            """
            import socket, sys
            s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            name = sys.argv[1]
            s.bind("\\0" + name[1:] if name.startswith("@") else name)
            s.settimeout(20)
            print("bound", flush=True)
            print(s.recv(4096).decode(), flush=True)
            """;

    @TempDir private Path folder;
    private String path = "";

    @BeforeEach
    void chooseAPath() {
        path = folder.resolve("notify").toString();
    }

    @Test
    void theServiceManagerLearnsThatTheServerServes() throws IOException, InterruptedException {
        assertEquals(List.of("READY=1", "STATUS=serving"), told(path, ServiceManager::ready));
    }

    @Test
    void anAbstractNameIsReachedToo() throws IOException, InterruptedException {
        String name = "@dbs-test-" + ProcessHandle.current().pid();
        assertEquals("READY=1", told(name, ServiceManager::ready).getFirst());
    }

    @Test
    void aReloadBearsTheTimeThatSystemdCompares() throws IOException, InterruptedException {
        long before = System.nanoTime() / 1000;
        List<String> told = told(path, ServiceManager::reloading);
        assertEquals("RELOADING=1", told.getFirst());
        long time = Long.parseLong(told.get(1).substring("MONOTONIC_USEC=".length()));
        assertTrue(before <= time && time <= System.nanoTime() / 1000, told.get(1));
    }

    @Test
    void theServiceManagerLearnsOfTheEnd() throws IOException, InterruptedException {
        assertEquals("STOPPING=1", told(path, ServiceManager::stopping).getFirst());
    }

    @Test
    void withoutAServiceManagerNothingHappens() {
        ServiceManager.at(null).ready();
        ServiceManager.at("").ready();
    }

    @Test
    void aServiceManagerThatIsGoneIsNoFailure() {
        ServiceManager.at(path).ready();
        ServiceManager.at("/" + "x".repeat(200)).ready();
    }

    private static List<String> told(String name, java.util.function.Consumer<ServiceManager> what)
            throws IOException, InterruptedException {
        Process listener =
                new ProcessBuilder("python3", "-c", LISTENER, name)
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        try (BufferedReader out =
                new BufferedReader(
                        new InputStreamReader(listener.getInputStream(), StandardCharsets.UTF_8))) {
            assertEquals("bound", out.readLine());
            what.accept(ServiceManager.at(name));
            return out.lines().toList();
        } finally {
            listener.destroy();
            listener.waitFor();
        }
    }
}
