package org.dbstore.tools.configuration;

import org.dbstore.tools.CommandFailure;
import org.dbstore.tools.ExitCode;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;

/** Secrets that an operator typed, in files of their own beside the configuration. */
public final class SecretFiles {
    private SecretFiles() {}

    /**
     * Keeps a secret where only the configuration's owner can read it. A new name each time: the
     * configuration in force goes on with the old file until the new one is in force.
     *
     * @param configFile main file of the configuration
     * @param name for people, of letters, digits, '.', '-' and '_'
     * @param secret what was typed
     * @return the file
     * @throws CommandFailure if the name cannot be one of a file
     */
    public static Path keep(Path configFile, String name, String secret)
            throws IOException, CommandFailure {
        if (!name.matches("[A-Za-z0-9._-]+")) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "no file can be named after '" + name + "'",
                    "write the secret into a file of mode 0600 and give --secret-file");
        }
        Path main = configFile.toAbsolutePath();
        Path folder = main.resolveSibling("secrets");
        var ownerOnly =
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
        UserPrincipal owner = Files.getOwner(main);
        if (!Files.exists(folder)) {
            Files.createDirectory(folder, ownerOnly);
            Files.setOwner(folder, owner);
        }
        Path draft =
                Files.createTempFile(
                        folder,
                        name + "-",
                        "",
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")));
        try (FileChannel channel = FileChannel.open(draft, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(secret.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.setOwner(draft, owner);
        return draft;
    }
}
