package org.dbstore.server.lun;

import org.dbstore.backend.Volume;
import org.dbstore.server.scsi.Nexus;

/** A volume or snapshot served as a direct access block device. (Skeleton.) */
public final class LogicalUnit {
    /**
     * How a unit presents itself.
     *
     * @param blockBytes logical block length: 512 or 4096
     * @param writeBack true: WCE=1, GOOD to a WRITE may precede durability
     * @param readOnly true: WP=1, writes are refused with 07/27/00; also so if the volume is
     * @param identity what the NAA-6 identifier and the serial number derive from: equal on every
     *     path to the same volume or snapshot, different for any two, constant over restarts
     */
    public record Settings(int blockBytes, boolean writeBack, boolean readOnly, String identity) {}

    public LogicalUnit(Volume volume, Settings settings) {}

    /**
     * A session of this nexus begins: its first command sees 06/29/00, or 29/07 if it was here
     * before.
     */
    public void nexusEstablished(Nexus nexus) {}

    /**
     * LOGICAL UNIT RESET or TARGET RESET: every nexus will see 06/29/03. The transport aborts the
     * tasks.
     */
    public void reset() {}
}
