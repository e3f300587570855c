package org.dbstore.backend.device;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/** Which run of the operating system this is: what the page cache holds ends with it. */
public final class BootId {
    private static final Path KERNEL = Path.of("/proc/sys/kernel/random/boot_id");

    /** Says another, where a test loses power and the system goes on. */
    private static final String PROPERTY = "dbs.boot-id";

    private BootId() {}

    /**
     * Asks the kernel, unless the system property {@code dbs.boot-id} is set.
     *
     * @return another one after each start of the system; if the kernel does not say, another one
     *     each time, which is on the safe side
     */
    public static UUID current() {
        try {
            String told = System.getProperty(PROPERTY);
            return UUID.fromString(told == null ? Files.readString(KERNEL).strip() : told);
        } catch (IOException | IllegalArgumentException e) {
            return UUID.randomUUID();
        }
    }
}
