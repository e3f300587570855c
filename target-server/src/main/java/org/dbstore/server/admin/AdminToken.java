package org.dbstore.server.admin;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.SecureRandom;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;

/** What clients show to be let in. */
final class AdminToken {
    private static final int BYTES = 32;
    private static final int CHARACTERS_MIN = 32;
    private static final Set<PosixFilePermission> PRIVATE =
            EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

    private AdminToken() {}

    /**
     * Reads the token, or makes one.
     *
     * @param file where it is; empty: a new one for this run of the server
     * @throws IOException if it cannot be read, is short, or others can read it
     */
    static String of(Optional<Path> file) throws IOException {
        if (file.isEmpty()) {
            byte[] random = new byte[BYTES];
            new SecureRandom().nextBytes(random);
            return HexFormat.of().formatHex(random);
        }
        Path path = file.get();
        if (!PRIVATE.containsAll(Files.getPosixFilePermissions(path))) {
            throw new IOException(
                    "others can read the admin token in "
                            + path
                            + "; run 'chmod 600 "
                            + path
                            + "'");
        }
        String token = Files.readString(path).strip();
        if (token.length() < CHARACTERS_MIN || !token.chars().allMatch(AdminToken::isVisible)) {
            throw new IOException(
                    "the admin token in %s has not %d visible characters; make one by 'openssl rand"
                                    .formatted(path, CHARACTERS_MIN)
                            + " -hex 32'");
        }
        return token;
    }

    private static boolean isVisible(int character) {
        return character > ' ' && character < 0x7f;
    }
}
