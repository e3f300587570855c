package org.dbstore.server.admin.api;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

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
        List<Target> targets,
        List<SessionView> sessions,
        long failedLogins,
        long dataBytesInUse,
        List<JobView> jobs,
        List<ScheduleView> schedules,
        List<String> problems,
        List<ErrorView> lastErrors) {
    /**
     * A target, short.
     *
     * @param name iSCSI name
     * @param luns how many
     * @param sessions how many
     */
    public record Target(String name, int luns, int sessions) {}
}
