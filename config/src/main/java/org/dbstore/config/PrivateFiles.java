package org.dbstore.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/** Files with secrets, which are nobody's but their owner's. */
final class PrivateFiles {
    private static final Set<PosixFilePermission> OTHERS =
            EnumSet.of(
                    PosixFilePermission.GROUP_READ,
                    PosixFilePermission.GROUP_WRITE,
                    PosixFilePermission.OTHERS_READ,
                    PosixFilePermission.OTHERS_WRITE);

    private PrivateFiles() {}

    /**
     * Refuses a file that others may read or change.
     *
     * @throws IllegalArgumentException with what to do about it
     * @throws IOException if it is not there, or may not be looked at
     */
    static void check(Path path) throws IOException {
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(path);
        if (permissions.stream().anyMatch(OTHERS::contains)) {
            throw new IllegalArgumentException(
                    "others may read or change "
                            + path
                            + " ("
                            + PosixFilePermissions.toString(permissions)
                            + "); chmod 600 it, and choose a new secret if they did");
        }
    }
}
