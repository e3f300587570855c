package org.dbstore.config.peer;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.config.AuthGroupConfig;
import org.dbstore.config.ConfigException;
import org.dbstore.config.ConfigReader;
import org.dbstore.config.DbsConfig;
import org.dbstore.config.LunConfig;
import org.dbstore.config.TargetConfig;
import org.dbstore.config.peer.ConfigImport.Format;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** Imports for tests, and what came of them. */
final class Imports {
    private Imports() {}

    /** Imports a resource of this package. */
    static Imported resource(Path folder, Format format, String name)
            throws IOException, ConfigException {
        Path file = folder.resolve(name);
        try (InputStream resource = Imports.class.getResourceAsStream(name)) {
            Files.write(file, Objects.requireNonNull(resource).readAllBytes());
        }
        return ConfigImport.read(format, file, "main", Path.of("/var/lib/dbs/main.dbs"));
    }

    /** Imports a text, as the file "in.conf". */
    static Imported text(Path folder, Format format, String text)
            throws IOException, ConfigException {
        Path file = folder.resolve("in.conf");
        Files.writeString(file, text);
        return ConfigImport.read(format, file, "main", Path.of("/var/lib/dbs/main.dbs"));
    }

    static void assertRefused(Path folder, Format format, String text, String problem) {
        var e = assertThrows(ConfigException.class, () -> text(folder, format, text));
        assertTrue(
                e.problems().getFirst().startsWith(folder.resolve("in.conf") + problem),
                e.getMessage());
    }

    /** Writes it, and reads it as the server would. */
    static DbsConfig check(Path folder, Imported imported) throws IOException, ConfigException {
        Path out = Files.createTempDirectory(folder, "out").resolve("dbs.yaml");
        imported.write(out);
        return ConfigReader.read(out);
    }

    static TargetConfig target(DbsConfig config, String name) {
        return config.targets().stream()
                .filter(target -> target.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    static List<String> users(AuthGroupConfig group) {
        return group.users().stream().map(user -> user.name()).toList();
    }

    /** NUMBER VOLUME [read-only] [writeback] BLOCK-SIZE of each LUN. */
    static List<String> luns(TargetConfig target) {
        return target.luns().stream()
                .map(lun ->
                        lun.number()
                                + " "
                                + lun.volume()
                                + (lun.readOnly() ? " read-only" : "")
                                + (lun.cache() == LunConfig.CacheMode.WRITEBACK ? " writeback" : "")
                                + " "
                                + lun.blockBytes())
                .toList();
    }

    static List<String> addresses(TargetConfig target) {
        return target.access().addresses().stream().map(range -> range.text()).toList();
    }

    static void assertNoted(Imported imported, String part) {
        assertTrue(
                imported.notes().stream().anyMatch(note -> note.contains(part)),
                () -> part + " is not among\n" + String.join("\n", imported.notes()));
    }
}
