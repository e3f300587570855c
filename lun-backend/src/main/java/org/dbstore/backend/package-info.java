/** The Direct Block Store: thin volumes and snapshots on one file or block device. */
@NullMarked
package org.dbstore.backend;

import org.jspecify.annotations.NullMarked;
