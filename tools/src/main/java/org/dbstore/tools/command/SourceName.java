package org.dbstore.tools.command;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.SnapshotInfo;
import org.dbstore.backend.Store;
import org.dbstore.backend.VolumeContents;
import org.dbstore.tools.CommandFailure;
import org.dbstore.tools.ExitCode;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * What is read: a volume as it is, or one of its snapshots.
 *
 * @param volume name of the volume
 * @param snapshot name or id of its snapshot, empty = the volume as it is
 */
record SourceName(String volume, String snapshot) {
    static final SourceName NONE = new SourceName("", "");

    /** Opens it; to be released. */
    VolumeContents open(Store store) throws BackendException, CommandFailure {
        return snapshot.isEmpty()
                ? store.openVolume(volume)
                : store.openSnapshot(layer(store).id());
    }

    /** The layer that is meant. */
    SnapshotInfo layer(Store store) throws BackendException, CommandFailure {
        return store.snapshots(volume).stream()
                .filter(layer -> snapshot.isEmpty() ? layer.head() : isNamed(layer))
                .findFirst()
                .orElseThrow(() ->
                        new CommandFailure(
                                ExitCode.NOT_FOUND,
                                volume + " has no snapshot " + snapshot,
                                "'dbsctl snapshot list " + volume + "' shows them"));
    }

    /** The frozen snapshot that is meant. */
    SnapshotInfo frozen(Store store) throws BackendException, CommandFailure {
        SnapshotInfo layer = layer(store);
        if (layer.head()) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    this + " is the head of its volume",
                    "choose an older snapshot");
        }
        return layer;
    }

    /** Tells whether a layer has this name or id. No name is a number. */
    boolean isNamed(SnapshotInfo layer) {
        return layer.name().map(snapshot::equals).orElse(false)
                || snapshot.equals(Integer.toString(layer.id()));
    }

    @Override
    public String toString() {
        return snapshot.isEmpty() ? volume : volume + "@" + snapshot;
    }

    /** Reads {@code VOLUME} or {@code VOLUME@SNAPSHOT}. */
    static final class Converter implements ITypeConverter<SourceName> {
        @Override
        public SourceName convert(String text) {
            int at = text.lastIndexOf('@');
            return at < 0
                    ? new SourceName(text, "")
                    : new SourceName(text.substring(0, at), snapshot(text.substring(at + 1)));
        }
    }

    /** Reads {@code VOLUME@SNAPSHOT}. */
    static final class SnapshotConverter implements ITypeConverter<SourceName> {
        @Override
        public SourceName convert(String text) {
            SourceName name = new Converter().convert(text);
            if (name.snapshot().isEmpty()) {
                throw new TypeConversionException(
                        "'" + text + "' names no snapshot; write VOLUME@SNAPSHOT");
            }
            return name;
        }
    }

    /** Reads the number of a snapshot. */
    static String id(String text) {
        if (!text.matches("[1-9][0-9]{0,4}") || Integer.parseInt(text) > 65535) {
            throw new TypeConversionException(
                    "'" + text + "' is not the number of a snapshot; write 1 to 65535");
        }
        return text;
    }

    private static String snapshot(String text) {
        if (text.isEmpty()) {
            throw new TypeConversionException("no snapshot is named behind '@'");
        }
        return text.matches("[0-9]+") ? id(text) : text;
    }
}
