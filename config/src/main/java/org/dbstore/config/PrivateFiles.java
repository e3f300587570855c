package org.dbstore.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileOwnerAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;

/** Files with secrets, which are nobody's but their owner's. */
public final class PrivateFiles {
    private static final FileAttribute<?> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private static final Set<PosixFilePermission> OTHERS =
            EnumSet.of(
                    PosixFilePermission.GROUP_READ,
                    PosixFilePermission.GROUP_WRITE,
                    PosixFilePermission.OTHERS_READ,
                    PosixFilePermission.OTHERS_WRITE);

    private PrivateFiles() {}

    /**
     * Makes a file that survives a power loss, once its folder is forced, too. If root makes it, it
     * belongs to whoever has the folder.
     *
     * @param prefix of the name, and {@code suffix}: what is between makes it a new one
     * @return the file
     * @throws IOException if it cannot be made; nothing is left of it then
     */
    public static Path make(Path folder, String prefix, String suffix, String text)
            throws IOException {
        Path file = Files.createTempFile(folder, prefix, suffix, OWNER_ONLY);
        boolean done = false;
        try {
            write(file, text);
            if (Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS).equals(0)) {
                give(file, Files.getOwner(folder));
            }
            done = true;
            return file;
        } finally {
            if (!done) {
                Files.deleteIfExists(file);
            }
        }
    }

    /** Whoever has the folder may have put a link there by now; it leads nowhere. */
    private static void write(Path file, String text) throws IOException {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
    }

    /** Of a link only the link, for the same reason. */
    private static void give(Path file, UserPrincipal owner) throws IOException {
        FileOwnerAttributeView view =
                Files.getFileAttributeView(
                        file, FileOwnerAttributeView.class, LinkOption.NOFOLLOW_LINKS);
        Objects.requireNonNull(view).setOwner(owner);
    }

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
