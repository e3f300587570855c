package org.dbstore.tools.command;

import static org.dbstore.tools.output.Column.size;
import static org.dbstore.tools.output.Column.text;

import org.dbstore.tools.output.Column;

import java.util.List;

/**
 * What an export or import did.
 *
 * @param volume as named by the operator
 * @param file as named by the operator, "-" for a pipe
 * @param sizeBytes of the volume
 * @param storedBytes stored at the destination, holes not counted
 */
record Transferred(String volume, String file, long sizeBytes, long storedBytes) {
    static final List<Column<Transferred>> COLUMNS =
            List.of(
                    text("volume", "VOLUME", Transferred::volume),
                    text("file", "FILE", Transferred::file),
                    size("sizeBytes", "SIZE", Transferred::sizeBytes),
                    size("storedBytes", "STORED", Transferred::storedBytes));
}
