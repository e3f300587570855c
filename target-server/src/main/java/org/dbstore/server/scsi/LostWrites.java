package org.dbstore.server.scsi;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.dbstore.backend.Volume;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Tells each initiator once that a unit may have lost writes it had acknowledged. SCSI has no way
 * to see that a write-back target went down between a WRITE and the SYNCHRONIZE CACHE that would
 * have made it durable, and a host whose session comes back goes on as if nothing had happened; so
 * the first such command after the crash fails, and the host's file system stops.
 */
public final class LostWrites {
    private static final Logger LOG = LogManager.getLogger(LostWrites.class);

    private final Volume volume;
    private final Set<Nexus> told = ConcurrentHashMap.newKeySet();

    LostWrites(Volume volume) {
        this.volume = volume;
    }

    /**
     * Asks whether a SYNCHRONIZE CACHE must fail, and notes that it did.
     *
     * @param nexus that sent it
     * @return true at most once for each nexus
     */
    public boolean tell(Nexus nexus) {
        if (!volume.wasDirtyAtCrash() || !told.add(nexus)) {
            return false;
        }
        LOG.error(
                "volume {}: the system went down with acknowledged writes that were not durable;"
                        + " told {}",
                volume.name(),
                nexus.initiatorName());
        return true;
    }
}
