package org.dbstore.tools.command;

import org.dbstore.config.ConfigException;
import org.dbstore.config.Edit;
import org.dbstore.tools.CommandFailure;
import org.dbstore.tools.ExitCode;
import org.dbstore.tools.configuration.ConfigTree;
import org.dbstore.tools.configuration.Configuration;
import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** Shows a volume or snapshot to initiators. */
@Command(
        name = "map",
        description = {
            "Show a volume or snapshot as a LUN of a target.",
            "Initiators that are logged in are told, and see it when they look again."
        },
        footer = {
            "",
            "Examples:",
            "  dbsctl lun map iqn.2026-01.org.example:vm1 vm1",
            "  dbsctl lun map iqn.2026-01.org.example:vm1 vm1@nightly --lun 7",
            "  dbsctl lun map iqn.2026-01.org.example:vm1 vm2 cache=writeback snapshots=auto"
        })
final class LunMap extends ConfigEdit {
    private static final int NUMBERS = 256;

    @Parameters(index = "0", paramLabel = "TARGET", description = "Name of the target.")
    String target = "";

    @Parameters(
            index = "1",
            paramLabel = "VOLUME[@SNAPSHOT]",
            converter = SourceName.Converter.class,
            description = "What is shown; a snapshot read-only.")
    SourceName source = SourceName.NONE;

    @Parameters(
            index = "2..*",
            paramLabel = "KEY=VALUE",
            converter = KeyChange.Converter.class,
            description = "Further keys of a LUN, as in docs/config.md.")
    List<KeyChange> keys = List.of();

    @Option(
            names = "--lun",
            paramLabel = "NUMBER",
            description = "0 to 255. Without it: the first that is free.")
    @Nullable Integer number;

    @Override
    List<Edit> edits(Configuration configuration)
            throws CommandFailure, ConfigException, IOException {
        ConfigTree tree = tree(configuration);
        ConfigQuery.require(tree, "target", "targets", target);
        List<String> taken = tree.names("targets", target, "luns");
        int lun = number == null ? firstFree(taken) : number;
        number = lun;
        if (taken.contains(Integer.toString(lun))) {
            throw new CommandFailure(
                    ExitCode.EXISTS,
                    "LUN %d of %s is taken".formatted(lun, target),
                    "leave --lun out to take a free one, or 'lun unmap' it first");
        }
        Map<String, Object> keysOfLun = new LinkedHashMap<>();
        keysOfLun.put("device", device(tree));
        keysOfLun.put("volume", source.volume());
        if (!source.snapshot().isEmpty()) {
            keysOfLun.put("snapshot", source.snapshot());
        }
        List<Edit> edits = new ArrayList<>();
        String[] path = {"targets", target, "luns", Integer.toString(lun)};
        edits.add(new Edit.Set(List.of(path), keysOfLun));
        keys.forEach(key -> edits.add(key.below(path)));
        return edits;
    }

    @Override
    String done() {
        return "%s is LUN %d of %s".formatted(source, number, target);
    }

    private static int firstFree(List<String> taken) throws CommandFailure {
        return IntStream.range(0, NUMBERS)
                .filter(lun -> !taken.contains(Integer.toString(lun)))
                .findFirst()
                .orElseThrow(() ->
                        new CommandFailure(
                                ExitCode.NO_SPACE,
                                "all numbers of LUNs are taken",
                                "use another target"));
    }

    /** The device by its name: what -d says, or the only one. */
    private String device(ConfigTree tree) throws CommandFailure {
        List<String> names = tree.names("devices");
        Optional<String> named =
                Optional.ofNullable(dbsctl().device)
                        .or(() -> dbsctl().terminal().variable("DBS_DEVICE"));
        for (String name : names) {
            if (named.isEmpty() ? names.size() == 1 : isMeant(tree, name, named.get())) {
                return name;
            }
        }
        throw new CommandFailure(
                ExitCode.USAGE,
                named.map(name -> "the configuration has no device " + name)
                        .orElse("the configuration has several devices"),
                "name one by -d: " + String.join(", ", names));
    }

    private static boolean isMeant(ConfigTree tree, String name, String wanted) {
        return name.equals(wanted) || wanted.equals(tree.text("devices", name, "path"));
    }
}
