package org.dbstore.config;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How the running server is administered.
 *
 * @param listen where the admin API listens; port 0 = any free one; empty = there is none
 * @param runtimeDirectory where the server says how it is reached; empty = the usual place
 * @param tokenFile with the token that clients show; empty = one is made at each start
 * @param tls how the connection is protected; must be there unless {@code listen} is loopback
 * @param openMetrics true if the metrics are told to those without a token
 */
public record AdminConfig(
        Optional<PortalConfig> listen,
        Optional<Path> runtimeDirectory,
        Optional<Path> tokenFile,
        Optional<Tls> tls,
        boolean openMetrics) {
    /** On loopback, any free port. */
    public static final AdminConfig DEFAULT =
            new AdminConfig(
                    Optional.of(new PortalConfig("127.0.0.1", 0, 1)),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    false);

    /** Without an admin API. */
    public static final AdminConfig OFF =
            new AdminConfig(
                    Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), false);

    /**
     * What the server proves itself with.
     *
     * @param certificate chain, PEM
     * @param key private, PKCS #8, PEM
     */
    public record Tls(Path certificate, Path key) {}

    /** Checks the values. */
    public AdminConfig {
        if (tls.isEmpty()
                && listen.isPresent()
                && !InetAddress.ofLiteral(listen.get().host()).isLoopbackAddress()) {
            throw new IllegalArgumentException(
                    "listens beyond loopback, where a token alone does not protect it; give"
                            + " certificate and key, or listen on 127.0.0.1");
        }
    }
}
