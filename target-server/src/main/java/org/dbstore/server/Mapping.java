package org.dbstore.server;

import org.dbstore.config.LunConfig;
import org.dbstore.server.lun.LogicalUnit;

/**
 * A logical unit under a number of a target.
 *
 * @param lun as configured; of a snapshot that is shown by itself, as derived from that
 * @param unit for this mapping alone
 */
record Mapping(LunConfig lun, LogicalUnit unit) {
    /** Tells whether initiators would see the same under another configuration. */
    boolean shows(LunConfig other) {
        return lun.number() == other.number()
                && lun.device().equals(other.device())
                && lun.volume().equals(other.volume())
                && lun.snapshot().equals(other.snapshot())
                && lun.readOnly() == other.readOnly()
                && lun.blockBytes() == other.blockBytes()
                && lun.physicalBlockBytes() == other.physicalBlockBytes();
    }

    boolean hasSameBlocks(Mapping other) {
        return lun.blockBytes() == other.lun.blockBytes()
                && lun.physicalBlockBytes() == other.lun.physicalBlockBytes();
    }
}
