package org.dbstore.server.admin.api;

import org.dbstore.backend.VolumeInfo;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Everything important on one screen.
 *
 * @param version of the program
 * @param pid of the process
 * @param startedAt when it began to serve
 * @param configVersion counts the configurations since then, from 1
 * @param configFile the configuration; absent if it runs without one
 * @param portals addresses that are listened on
 * @param devices with what is wrong with them
 * @param fullVolumes volumes that are at least {@value #NEARLY_FULL_PERCENT} % mapped, the fullest
 *     first
 * @param targets names, with their numbers of LUNs and sessions
 * @param sessions of initiators
 * @param failedLogins since the start
 * @param dataBytesInUse memory lent out for data in flight
 * @param jobs that have not ended
 * @param schedules rules by which snapshots are taken
 * @param problems sentences; empty if all is well
 * @param lastErrors of the log since the start, the latest first; they may be over
 */
public record StatusView(
        String version,
        long pid,
        Instant startedAt,
        long configVersion,
        Optional<Path> configFile,
        List<String> portals,
        List<DeviceView> devices,
        List<FullVolume> fullVolumes,
        List<Target> targets,
        List<SessionView> sessions,
        long failedLogins,
        long dataBytesInUse,
        List<JobView> jobs,
        List<ScheduleView> schedules,
        List<String> problems,
        List<ErrorView> lastErrors) {
    private static final int NEARLY_FULL_PERCENT = 90;

    /**
     * A volume that may soon be full.
     *
     * @param device its name
     * @param volume its name
     * @param sizeBytes what it can hold
     * @param fillPercent how much of that is mapped, 0..100
     */
    public record FullVolume(String device, String volume, long sizeBytes, long fillPercent) {
        static FullVolume of(String device, VolumeInfo volume) {
            long size = volume.sizeBytes();
            long fill = size == 0 ? 0 : Math.round(100.0 * volume.mappedBytes() / size);
            return new FullVolume(device, volume.name(), size, fill);
        }

        /** Picks those among a device's volumes. */
        public static Stream<FullVolume> among(String device, List<VolumeInfo> volumes) {
            return volumes.stream()
                    .map(volume -> of(device, volume))
                    .filter(volume -> volume.fillPercent >= NEARLY_FULL_PERCENT);
        }
    }

    /**
     * A target, short.
     *
     * @param name iSCSI name
     * @param luns how many
     * @param sessions how many
     */
    public record Target(String name, int luns, int sessions) {}
}
