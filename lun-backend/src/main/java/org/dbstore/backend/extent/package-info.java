/**
 * Which extent of the device holds what. {@link org.dbstore.backend.extent.ExtentTable} is the
 * truth in memory, indexed by device extent; an {@link org.dbstore.backend.extent.ExtentMap} is the
 * way from a position in an open volume or snapshot to the extent that shows there.
 *
 * <p>Both are guarded by the stripe of the position: read under the shared lock, changed under the
 * exclusive one. Memory follows what is allocated.
 */
@NullMarked
package org.dbstore.backend.extent;

import org.jspecify.annotations.NullMarked;
