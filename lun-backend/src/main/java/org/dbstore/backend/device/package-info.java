/**
 * What the engine stands on: bytes at offsets of a file, a block device or memory. Nothing here
 * knows the layout. Bounds are checked here and only here, so no file ever grows by accident.
 */
@NullMarked
package org.dbstore.backend.device;

import org.jspecify.annotations.NullMarked;
