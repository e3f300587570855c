package org.dbstore.config;

import java.util.List;

/**
 * All that {@code dbsd} is told to do.
 *
 * @param devices the stores to open; names are unique
 * @param portals the addresses to listen on, at least one
 * @param discovery which addresses SendTargets lists
 * @param targets names are unique
 */
public record DbsConfig(
        List<DeviceConfig> devices,
        List<PortalConfig> portals,
        Discovery discovery,
        List<TargetConfig> targets) {
    /** Which addresses of a target SendTargets lists (RFC 7143, appendix C). */
    public enum Discovery {
        /** Every portal of the target's portal groups. */
        ALL,
        /** Only the address by which the initiator came. */
        CONNECTED
    }
}
