package org.dbstore.server.admin.api;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How a running server is reached: what it writes into a file that its owner alone can read.
 *
 * @param pid of its process
 * @param url of the API, without a path
 * @param token to be sent with each request
 * @param certificate SHA-256 of the server's certificate, in hexadecimal; absent without TLS
 * @param devices that it holds
 * @param configFile its configuration; absent if it runs without one
 */
public record RuntimeFile(
        long pid,
        String url,
        String token,
        Optional<String> certificate,
        List<Device> devices,
        Optional<Path> configFile) {
    /**
     * A device that a server holds.
     *
     * @param name by the configuration
     * @param path absolute, without symbolic links
     */
    public record Device(String name, Path path) {}

    /** Does not tell the token. */
    @Override
    public String toString() {
        return "dbsd " + pid + " at " + url;
    }
}
