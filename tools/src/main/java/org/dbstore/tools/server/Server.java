package org.dbstore.tools.server;

import org.dbstore.server.admin.client.AdminClient;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A running server.
 *
 * @param title for people, as "dbsd 4711"
 * @param client asks it
 * @param devices that it holds
 * @param configFile its main file, if it is on this machine
 */
public record Server(
        String title, AdminClient client, List<Device> devices, Optional<Path> configFile) {
    /**
     * A device that a server holds.
     *
     * @param name by its configuration
     * @param path on its machine
     */
    public record Device(String name, String path) {}

    /** Makes the list unchangeable. */
    public Server {
        devices = List.copyOf(devices);
    }
}
