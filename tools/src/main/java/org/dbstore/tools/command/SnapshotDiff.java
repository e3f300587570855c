package org.dbstore.tools.command;

import static org.dbstore.tools.output.Column.count;
import static org.dbstore.tools.output.Column.size;
import static org.dbstore.tools.output.Column.text;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.Store;
import org.dbstore.backend.VolumeContents;
import org.dbstore.backend.stream.ChangedRange;
import org.dbstore.backend.stream.VolumeDiff;
import org.dbstore.tools.CommandFailure;
import org.dbstore.tools.output.Column;
import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Lists what changed between two snapshots. */
@Command(
        name = "diff",
        description = {
            "List the ranges that changed from one snapshot to another, or to the volume as it is;",
            "of one alone all that is stored."
        },
        footer = {
            "",
            "Examples:",
            "  dbsctl snapshot diff vm1@3 vm1@5 -o json",
            "  dbsctl snapshot diff vm1@5 vm1"
        })
final class SnapshotDiff extends StoreQuery {
    private static final List<Column<ChangedRange>> COLUMNS =
            List.of(
                    count("offset", "OFFSET", ChangedRange::offset),
                    size("length", "LENGTH", ChangedRange::lengthBytes),
                    text("kind", "KIND", range -> range.kind().name().toLowerCase(Locale.ROOT)));

    @Parameters(
            index = "0",
            paramLabel = "VOLUME[@SNAPSHOT]",
            converter = SourceName.Converter.class,
            description = "What was.")
    SourceName first = SourceName.NONE;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "VOLUME[@SNAPSHOT]",
            converter = SourceName.Converter.class,
            description = "What is.")
    @Nullable SourceName second;

    @Option(
            names = "--mapping",
            description =
                    "Compare no contents: fast, but tells of whole extents that were written to.")
    boolean mapping;

    @Override
    void run(Store store) throws BackendException, CommandFailure {
        if (second == null) {
            print(store, Optional.empty(), first);
            return;
        }
        VolumeContents from = first.open(store);
        try {
            print(store, Optional.of(from), second);
        } finally {
            store.release(from);
        }
    }

    private void print(Store store, Optional<VolumeContents> from, SourceName name)
            throws BackendException, CommandFailure {
        VolumeContents to = name.open(store);
        try {
            VolumeDiff.Depth depth = mapping ? VolumeDiff.Depth.MAPPING : VolumeDiff.Depth.CONTENTS;
            dbsctl().printer().rows(COLUMNS, store.changes(from, to, depth));
        } finally {
            store.release(to);
        }
    }
}
