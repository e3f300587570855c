/**
 * Looking at a device without changing a byte of it, also while somebody else writes to it: a
 * consistent copy of its metadata is taken, and that is opened as the device would be.
 */
@NullMarked
package org.dbstore.backend.check;

import org.jspecify.annotations.NullMarked;
