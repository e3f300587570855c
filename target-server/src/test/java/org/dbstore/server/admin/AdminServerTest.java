package org.dbstore.server.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.dbstore.backend.BackendException;
import org.dbstore.config.AdminConfig;
import org.dbstore.config.PortalConfig;
import org.dbstore.server.admin.api.ApiPath;
import org.dbstore.server.admin.api.RuntimeDirectory;
import org.dbstore.server.admin.api.StatusView;
import org.dbstore.server.admin.client.AdminClient;
import org.dbstore.server.admin.client.RunningServer;
import org.dbstore.server.admin.client.ServerFailure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;

/** Goal: a server is found by those who may, and by nobody else; it starts and ends cleanly. */
class AdminServerTest {
    @TempDir Path folder;

    @Test
    void aClientFindsTheServerThatHoldsADevice() throws BackendException, IOException {
        try (AdminFixture fixture = new AdminFixture(folder)) {
            RunningServer found = find().getFirst();
            assertEquals(fixture.admin().url(), found.file().url());
            assertEquals(Optional.of("main"), found.nameOf("main"));
            assertEquals(Optional.of("main"), found.nameOf(folder + "/./main.dbs"));
            assertEquals(Optional.empty(), found.nameOf("other"));
            StatusView status = found.connect().get(ApiPath.of("status"), StatusView.class);
            assertEquals(ProcessHandle.current().pid(), status.pid());
        }
        assertEquals(List.of(), find());
    }

    @Test
    void nobodyElseCanReadTheToken() throws BackendException, IOException {
        try (AdminFixture fixture = new AdminFixture(folder)) {
            Path directory = folder.resolve("run");
            Path file = directory.resolve(ProcessHandle.current().pid() + ".json");
            assertEquals("rwx------", permissions(directory));
            assertEquals("rw-------", permissions(file));
            String token = fixture.admin().contents().token();
            assertEquals(64, token.length());
            assertFalse(find().getFirst().toString().contains(token));
        }
    }

    @Test
    void rootFindsTheServiceThatRunsAsAnotherUser() throws BackendException, IOException {
        assumeTrue(RuntimeDirectory.userId() == RuntimeDirectory.ROOT, "only root is another user");
        try (AdminFixture fixture = new AdminFixture(folder)) {
            Path directory = folder.resolve("run");
            Path file = directory.resolve(ProcessHandle.current().pid() + ".json");
            Files.setAttribute(file, "unix:uid", 4242);
            assertEquals(List.of(), find()); // anybody else could have put it there
            Files.setAttribute(directory, "unix:uid", 4242);
            assertEquals(fixture.admin().url(), find().getFirst().file().url());
        }
    }

    @Test
    void aFileOfAServerThatIsGoneIsDeleted() throws BackendException, IOException {
        Path stale = Files.createDirectories(folder.resolve("run")).resolve("999999999.json");
        Files.writeString(stale, "{}");
        new AdminFixture(folder).close();
        assertFalse(Files.exists(stale));
    }

    @Test
    void aTokenMayComeFromAFileThatIsPrivate() throws BackendException, IOException {
        Path file = folder.resolve("token");
        Files.writeString(file, "0123456789abcdef0123456789abcdef\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        AdminConfig config = config("127.0.0.1", 0, Optional.of(file), Optional.empty());
        IOException refused =
                assertThrows(IOException.class, () -> AdminToken.of(config.tokenFile()));
        assertTrue(String.valueOf(refused.getMessage()).contains("chmod 600"));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        try (AdminFixture fixture = new AdminFixture(folder, config)) {
            assertEquals("0123456789abcdef0123456789abcdef", fixture.admin().contents().token());
        }
        Files.writeString(file, "short");
        assertThrows(IOException.class, () -> AdminToken.of(Optional.of(file)));
    }

    @Test
    void anAddressThatIsTakenIsNamed() throws IOException {
        try (ServerSocket taken = new ServerSocket(0)) {
            AdminConfig config =
                    config("127.0.0.1", taken.getLocalPort(), Optional.empty(), Optional.empty());
            IOException failure =
                    assertThrows(IOException.class, () -> new AdminFixture(folder, config));
            assertTrue(
                    String.valueOf(failure.getMessage()).contains(":" + taken.getLocalPort()),
                    failure.getMessage());
        }
    }

    @Test
    void withTlsTheClientKnowsTheServerByItsCertificate()
            throws BackendException, IOException, InterruptedException {
        AdminConfig.Tls tls = TestCertificate.make(folder);
        AdminConfig config = config("127.0.0.1", 0, Optional.empty(), Optional.of(tls));
        try (AdminFixture fixture = new AdminFixture(folder, config)) {
            assertTrue(fixture.admin().url().startsWith("https://"));
            StatusView status = fixture.client().get(ApiPath.of("status"), StatusView.class);
            assertEquals(1, status.devices().size());
            AdminClient misled =
                    new AdminClient(
                            fixture.admin().url(),
                            fixture.admin().contents().token(),
                            Optional.of("00".repeat(32)));
            ServerFailure failure =
                    assertThrows(
                            ServerFailure.class,
                            () -> misled.get(ApiPath.of("status"), StatusView.class));
            assertTrue(
                    String.valueOf(failure.getMessage()).contains("another certificate"),
                    failure.getMessage());
            AdminClient trusting =
                    new AdminClient(
                            fixture.admin().url(),
                            fixture.admin().contents().token(),
                            Optional.empty());
            failure =
                    assertThrows(
                            ServerFailure.class,
                            () -> trusting.get(ApiPath.of("status"), StatusView.class));
            String remedy = failure.error().remedy();
            assertTrue(remedy.contains("DBS_SERVER_CERTIFICATE"), remedy);
        }
    }

    @Test
    void aServerThatIsGoneIsToldInWords() throws BackendException, IOException {
        AdminFixture fixture = new AdminFixture(folder);
        AdminClient client = fixture.client();
        fixture.close();
        ServerFailure failure =
                assertThrows(
                        ServerFailure.class,
                        () -> client.get(ApiPath.of("status"), StatusView.class));
        assertTrue(
                String.valueOf(failure.getMessage()).contains("does not answer"),
                failure.getMessage());
        assertFalse(failure.error().remedy().isEmpty());
    }

    private List<RunningServer> find() {
        String directory = folder.resolve("run").toString();
        return RunningServer.all(
                name -> name.equals("DBS_RUNTIME_DIR") ? Optional.of(directory) : Optional.empty());
    }

    private AdminConfig config(
            String host, int port, Optional<Path> token, Optional<AdminConfig.Tls> tls) {
        return new AdminConfig(
                Optional.of(new PortalConfig(host, port, 1)), Optional.empty(), token, tls, false);
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
