package org.dbstore.tools.server;

import org.dbstore.server.admin.client.AdminClient;

import java.util.List;

/**
 * A running server.
 *
 * @param title for people, as "dbsd 4711"
 * @param client asks it
 * @param devices that it holds; empty if it has to be asked for them
 */
public record Server(String title, AdminClient client, List<Device> devices) {
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
