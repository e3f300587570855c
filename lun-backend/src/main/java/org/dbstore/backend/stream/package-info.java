/**
 * What changed between snapshots, and snapshots as streams of bytes (docs/stream-format.md). All of
 * it works through open volumes; nothing here knows where the bytes of a device lie.
 */
@NullMarked
package org.dbstore.backend.stream;

import org.jspecify.annotations.NullMarked;
