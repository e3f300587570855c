/**
 * What the layout's tables have no room for: UUIDs of volumes and snapshots, names of snapshots,
 * true creation times, labels, SCSI state and dirty marks. Kept as records in reserved extents,
 * changed in the same transactions as the tables.
 *
 * <p>A device may have no catalogue: nothing was changed yet, or there is no room for one. Then
 * volumes and snapshots have the ids that are derived from the device's and their names.
 */
@NullMarked
package org.dbstore.backend.catalogue;

import org.jspecify.annotations.NullMarked;
