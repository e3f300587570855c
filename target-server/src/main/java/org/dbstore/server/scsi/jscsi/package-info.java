/**
 * The value classes of jSCSI ({@code org.jscsi.target.scsi}): sense data, mode pages, LUN list,
 * capacity and identification descriptors. Only this package knows them, because they need care:
 * they are serialised at index 0 of a heap buffer, and what they leave out is patched in behind
 * them.
 */
@NullMarked
package org.dbstore.server.scsi.jscsi;

import org.jspecify.annotations.NullMarked;
