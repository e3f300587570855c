package org.dbstore.tools.command;

import org.dbstore.config.ConfigException;
import org.dbstore.config.Edit;
import org.dbstore.tools.CommandFailure;
import org.dbstore.tools.ExitCode;
import org.dbstore.tools.configuration.ConfigTree;
import org.dbstore.tools.configuration.Configuration;
import org.dbstore.tools.configuration.SecretFiles;
import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Where a secret comes from: a file, the environment of the server, or the operator, who is asked.
 * The command line is no place for it.
 */
final class SecretSource {
    @Option(
            names = "--secret-file",
            paramLabel = "FILE",
            description = "File of mode 0600 that holds the secret, where dbsd runs.")
    @Nullable Path file;

    @Option(
            names = "--secret-env",
            paramLabel = "VARIABLE",
            description = "Environment variable of dbsd that holds it.")
    @Nullable String variable;

    private @Nullable Path kept;

    /** The edit that says where the secret of a user is. */
    Edit edit(Dbsctl dbsctl, Configuration configuration, String group, String user)
            throws CommandFailure, IOException {
        if (file != null && variable != null) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "--secret-file and --secret-env are two places",
                    "give one of them");
        }
        if (variable != null) {
            return set(group, user, "secret-env", variable);
        }
        Path path = file == null ? asked(dbsctl, configuration, group, user) : file;
        return set(group, user, "secret-file", path.toAbsolutePath().toString());
    }

    /** Leaves nothing of a secret that was typed in vain. */
    void forget() throws IOException {
        if (kept != null) {
            Files.deleteIfExists(kept);
        }
    }

    /** The files that a configuration names, with what they would be called if typed. */
    static Map<String, String> files(ConfigTree tree) {
        Map<String, String> files = new HashMap<>();
        for (String group : tree.names("auth-groups")) {
            for (String user : tree.names("auth-groups", group, "users")) {
                for (String key : List.of("secret-file", "mutual-secret-file")) {
                    tree.value("auth-groups", group, "users", user, key)
                            .ifPresent(file -> files.put(file.toString(), name(group, user)));
                }
            }
        }
        return files;
    }

    /** Deletes those of {@code before} that were typed once and are needed no more. */
    static void deleteUnneeded(Configuration configuration, Map<String, String> before)
            throws ConfigException, IOException {
        Optional<Path> main = configuration.file();
        if (main.isPresent()) {
            Set<String> after = files(ConfigEdit.tree(configuration)).keySet();
            SecretFiles.forget(main.get(), before, after);
        }
    }

    private static String name(String group, String user) {
        return group + "." + user;
    }

    private static Edit set(String group, String user, String key, String value) {
        return new Edit.Set(List.of("auth-groups", group, "users", user, key), value);
    }

    private Path asked(Dbsctl dbsctl, Configuration configuration, String group, String user)
            throws CommandFailure, IOException {
        Path main =
                configuration
                        .file()
                        .orElseThrow(() ->
                                new CommandFailure(
                                        ExitCode.USAGE,
                                        "the server's files are not on this machine",
                                        "give --secret-file or --secret-env, as it is there"));
        String secret =
                dbsctl.terminal()
                        .askSecretly("Secret of " + user + " (12 to 255 bytes):")
                        .orElseThrow(() ->
                                new CommandFailure(
                                        ExitCode.USAGE,
                                        "there is no secret, and nobody to ask for it",
                                        "give --secret-file or --secret-env"));
        kept = SecretFiles.keep(main, name(group, user), secret);
        return kept;
    }
}
