package org.dbstore.tools.command;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.SnapshotInfo;
import org.dbstore.backend.Volume;
import org.dbstore.tools.CommandFailure;
import org.dbstore.tools.ExitCode;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * What is read: a volume as it is, or one of its snapshots.
 *
 * @param volume name of the volume
 * @param snapshotId of its snapshot, 0 = the volume as it is
 */
record SourceName(String volume, int snapshotId) {
    /** Opens it; to be released. */
    Volume open(BlockStore store) throws BackendException, CommandFailure {
        return snapshotId == 0
                ? store.openVolume(volume)
                : store.openSnapshot(snapshot(store).id());
    }

    /** The layer that is meant. */
    SnapshotInfo snapshot(BlockStore store) throws BackendException, CommandFailure {
        return store.snapshots(volume).stream()
                .filter(layer -> snapshotId == 0 ? layer.head() : layer.id() == snapshotId)
                .findFirst()
                .orElseThrow(() ->
                        new CommandFailure(
                                ExitCode.NOT_FOUND,
                                volume + " has no snapshot " + snapshotId,
                                "'dbsctl snapshot list " + volume + "' shows them"));
    }

    @Override
    public String toString() {
        return snapshotId == 0 ? volume : volume + "@" + snapshotId;
    }

    /** Reads {@code VOLUME} or {@code VOLUME@ID}. */
    static final class Converter implements ITypeConverter<SourceName> {
        @Override
        public SourceName convert(String text) {
            int at = text.lastIndexOf('@');
            if (at < 0) {
                return new SourceName(text, 0);
            }
            return new SourceName(text.substring(0, at), snapshotId(text.substring(at + 1)));
        }
    }

    /** Reads the number of a snapshot. */
    static int snapshotId(String text) {
        if (!text.matches("[1-9][0-9]{0,4}") || Integer.parseInt(text) > 65535) {
            throw new TypeConversionException(
                    "'" + text + "' is not the number of a snapshot; write 1 to 65535");
        }
        return Integer.parseInt(text);
    }
}
