/**
 * Changing a device that is damaged: what is repaired is first repaired on a copy in memory, and
 * all metadata is kept in a file before a byte of it changes.
 */
@NullMarked
package org.dbstore.backend.repair;

import org.jspecify.annotations.NullMarked;
