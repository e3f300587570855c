package org.dbstore.tools.configuration;

import org.dbstore.config.PrivateFiles;
import org.dbstore.tools.CommandFailure;
import org.dbstore.tools.ExitCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Secrets that an operator typed, in files of their own beside the configuration. */
public final class SecretFiles {
    private static final String FOLDER = "secrets";

    private SecretFiles() {}

    /**
     * Keeps a secret where only the owner of the folder can read it, who becomes the owner of the
     * configuration if the folder is not there. A new name each time: the configuration in force
     * goes on with the old file until the new one is in force.
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
        Path folder = main.resolveSibling(FOLDER);
        var ownerOnly =
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
        if (!Files.exists(folder)) {
            Files.createDirectory(folder, ownerOnly);
            Files.setOwner(folder, Files.getOwner(main));
        }
        return PrivateFiles.make(folder, name + "-", "", secret);
    }

    /**
     * Deletes files that {@link #keep} made, of which the configuration says nothing any more.
     *
     * @param configFile main file of the configuration
     * @param before secret files that were named, with the name that {@link #keep} was given for
     *     each if it made it
     * @param after those that still are
     */
    public static void forget(Path configFile, Map<String, String> before, Set<String> after)
            throws IOException {
        Path main = configFile.toAbsolutePath();
        Path folder = main.resolveSibling(FOLDER);
        for (Map.Entry<String, String> each : before.entrySet()) {
            Path path = main.resolveSibling(each.getKey()).normalize();
            String kept = Pattern.quote(each.getValue()) + "-[0-9]+";
            if (folder.equals(path.getParent())
                    && String.valueOf(path.getFileName()).matches(kept)
                    && !after.contains(each.getKey())) {
                Files.deleteIfExists(path);
            }
        }
    }
}
