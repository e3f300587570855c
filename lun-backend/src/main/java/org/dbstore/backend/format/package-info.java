/**
 * The layout of the Direct Block Store, version 1.0.0, byte for byte: pure arithmetic and the
 * reading and writing of its four kinds of entry. All integers are little-endian; ids are unsigned.
 *
 * <pre>
 *   0        superblock (24 bytes, then our identity)
 *   4096     volume table: 256 x 266 bytes
 *   72192    snapshot table: 65535 x 10 bytes
 *   729088   extent table: 38 bytes for each extent of the device
 *   ...      slack up to a whole MiB
 *   data     extents of 1 MiB = 256 blocks of 4096 bytes
 * </pre>
 */
@NullMarked
package org.dbstore.backend.format;

import org.jspecify.annotations.NullMarked;
