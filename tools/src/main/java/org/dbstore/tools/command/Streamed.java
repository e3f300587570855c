package org.dbstore.tools.command;

import static org.dbstore.tools.output.Column.size;
import static org.dbstore.tools.output.Column.text;

import org.dbstore.tools.output.Column;

import java.util.List;

/**
 * What an export or import of a snapshot did.
 *
 * @param snapshot as named by the operator, or as it was taken
 * @param file as named by the operator, "-" for a pipe
 * @param sizeBytes of the snapshot
 * @param storedBytes contents in the stream, or in what was left of it
 */
record Streamed(String snapshot, String file, long sizeBytes, long storedBytes) {
    static final List<Column<Streamed>> COLUMNS =
            List.of(
                    text("snapshot", "SNAPSHOT", Streamed::snapshot),
                    text("file", "FILE", Streamed::file),
                    size("sizeBytes", "SIZE", Streamed::sizeBytes),
                    size("storedBytes", "STORED", Streamed::storedBytes));
}
