package org.dbstore.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/** Reads {@link ConfigKey#ADMIN} and {@link ConfigKey#LOG}. */
final class AdminSection {
    private static final String OFF = "off";

    private final Path baseDirectory;

    /**
     * Creates the reader.
     *
     * @param baseDirectory what relative paths are relative to
     */
    AdminSection(Path baseDirectory) {
        this.baseDirectory = baseDirectory;
    }

    /** How the server is administered; the default where something is wrong. */
    AdminConfig read(Entry root) {
        return root.one(ConfigKey.ADMIN).flatMap(this::admin).orElse(AdminConfig.DEFAULT);
    }

    private Optional<AdminConfig> admin(Entry admin) {
        admin.checkKeys(ConfigKey.ADMIN_LISTEN);
        Optional<Optional<PortalConfig>> listen =
                admin.value(ConfigKey.ADMIN_LISTEN, AdminSection::listen);
        Optional<Path> certificate = admin.value(ConfigKey.ADMIN_CERTIFICATE, this::readable);
        Optional<Path> key = admin.value(ConfigKey.ADMIN_KEY, this::ownersOnly);
        boolean tls = admin.one(ConfigKey.ADMIN_CERTIFICATE).isPresent();
        if (tls != admin.one(ConfigKey.ADMIN_KEY).isPresent()) {
            admin.problem("certificate and key belong together; give both");
            return Optional.empty();
        }
        Optional<Path> directory = admin.value(ConfigKey.ADMIN_RUNTIME_DIR, this::path);
        Optional<Path> token = admin.value(ConfigKey.ADMIN_TOKEN_FILE, this::ownersOnly);
        boolean open =
                admin.value(ConfigKey.ADMIN_METRICS, ConfigKey.ADMIN_METRICS::choose)
                        .orElse("token")
                        .equals("open");
        if (tls && (certificate.isEmpty() || key.isEmpty())) {
            return Optional.empty(); // what is wrong with them has been told
        }
        return admin.guarded(() ->
                new AdminConfig(
                        listen.orElse(AdminConfig.DEFAULT.listen()),
                        directory,
                        token,
                        certificate.map(file -> new AdminConfig.Tls(file, key.orElseThrow())),
                        open));
    }

    /** What is logged; the default where something is wrong. */
    LogConfig readLog(Entry root) {
        return root.one(ConfigKey.LOG).map(this::log).orElse(LogConfig.DEFAULT);
    }

    private LogConfig log(Entry log) {
        log.checkKeys(ConfigKey.LOG_FORMAT);
        LogConfig.Format format =
                log.value(ConfigKey.LOG_FORMAT, ConfigKey.LOG_FORMAT::choose)
                        .map(text ->
                                text.equals("json") ? LogConfig.Format.JSON : LogConfig.Format.TEXT)
                        .orElse(LogConfig.Format.TEXT);
        int slow = log.value(ConfigKey.LOG_SLOW_COMMANDS, AdminSection::millis).orElse(0);
        return new LogConfig(format, slow, log.value(ConfigKey.LOG_AUDIT_FILE, this::path));
    }

    private static Optional<PortalConfig> listen(String text) {
        if (text.equals(OFF)) {
            return Optional.empty();
        }
        if (text.endsWith(":0")) { // any free port, which only the admin API may have
            PortalConfig portal = PortalConfig.parse(text.substring(0, text.length() - 1) + "1", 1);
            return Optional.of(new PortalConfig(portal.host(), 0, 1));
        }
        return Optional.of(PortalConfig.parse(text, 1));
    }

    private static int millis(String text) {
        long millis = Durations.parse(text).toMillis();
        if (millis < 1 || millis > LogConfig.SLOW_MILLIS_MAX) {
            throw new IllegalArgumentException("'" + text + "' is not in 1ms..10m; choose another");
        }
        return (int) millis;
    }

    private Path path(String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("is empty; name a file");
        }
        try {
            return baseDirectory.resolve(text).normalize();
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("is not a path: " + e.getReason() + "; name one", e);
        }
    }

    private Path readable(String text) {
        Path file = path(text);
        if (!Files.isReadable(file)) {
            throw new IllegalArgumentException(
                    file
                            + (Files.exists(file) ? " cannot be read" : " does not exist")
                            + "; name a file that can be read");
        }
        return file;
    }

    private Path ownersOnly(String text) {
        Path file = readable(text);
        try {
            PrivateFiles.check(file);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    file + " cannot be looked at: " + e.getMessage() + "; check its owner", e);
        }
        return file;
    }
}
