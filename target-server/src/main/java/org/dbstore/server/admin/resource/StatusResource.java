package org.dbstore.server.admin.resource;

import org.dbstore.config.TargetConfig;
import org.dbstore.server.TargetServer;
import org.dbstore.server.admin.Administration;
import org.dbstore.server.admin.RecentErrors;
import org.dbstore.server.admin.api.Addresses;
import org.dbstore.server.admin.api.DeviceView;
import org.dbstore.server.admin.api.ScheduleView;
import org.dbstore.server.admin.api.SessionView;
import org.dbstore.server.admin.api.StatusView;
import org.dbstore.server.admin.http.Answer;
import org.dbstore.server.admin.http.Route;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Everything important on one screen. */
public final class StatusResource {
    private final Administration administration;
    private final Optional<Path> configFile;
    private final RecentErrors errors;
    private final Instant startedAt = Instant.now();

    /**
     * Serves that of a server.
     *
     * @param configFile its configuration
     * @param errors that it has logged
     */
    public StatusResource(
            Administration administration, Optional<Path> configFile, RecentErrors errors) {
        this.administration = administration;
        this.configFile = configFile;
        this.errors = errors;
    }

    /** What can be asked. */
    public List<Route> routes() {
        return List.of(
                Route.get("/v1/status", "Tells everything important on one screen.")
                        .answers(200, StatusView.class)
                        .by(call -> Answer.ok(status())));
    }

    private StatusView status() {
        List<SessionView> sessions =
                administration.server().sessions().stream().map(SessionView::of).toList();
        Map<String, Long> counts =
                sessions.stream()
                        .collect(Collectors.groupingBy(SessionView::target, Collectors.counting()));
        List<DeviceView> devices = DeviceResource.devices(administration);
        List<ScheduleView> schedules =
                administration.server().schedules().stream().map(ScheduleView::of).toList();
        String version = StatusResource.class.getPackage().getImplementationVersion();
        return new StatusView(
                version == null ? "(not packaged)" : version,
                ProcessHandle.current().pid(),
                startedAt,
                administration.configuration().version(),
                configFile,
                administration.server().addresses().stream().map(Addresses::text).toList(),
                devices,
                fullVolumes(),
                administration.configuration().current().targets().stream()
                        .map(target -> target(target, counts))
                        .toList(),
                sessions,
                administration.server().failedLoginCount(),
                administration.server().dataBytesInUse(),
                administration.jobs().all().stream().filter(job -> !job.isOver()).toList(),
                schedules,
                problems(devices, schedules),
                errors.list());
    }

    private List<StatusView.FullVolume> fullVolumes() {
        List<StatusView.FullVolume> full = new ArrayList<>();
        administration
                .devices()
                .forEach((name, store) ->
                        StatusView.FullVolume.among(name, store.volumes()).forEach(full::add));
        full.sort(Comparator.comparingLong(StatusView.FullVolume::fillPercent).reversed());
        return full;
    }

    private static StatusView.Target target(TargetConfig target, Map<String, Long> counts) {
        return new StatusView.Target(
                target.name(),
                target.luns().size(),
                counts.getOrDefault(target.name(), 0L).intValue());
    }

    private List<String> problems(List<DeviceView> devices, List<ScheduleView> schedules) {
        List<String> problems = new ArrayList<>();
        TargetServer server = administration.server();
        server.missingDevices()
                .forEach((name, why) ->
                        problems.add(triedAgain("device " + name + " is not served: " + why)));
        server.missingLuns().forEach(why -> problems.add(triedAgain("not served: " + why)));
        for (DeviceView device : devices) {
            if (device.failed()) {
                problems.add(
                        "device %s has failed: nothing can be made durable; restart dbsd"
                                .formatted(device.name()));
            }
            device.findings()
                    .forEach(finding -> problems.add("device " + device.name() + ": " + finding));
        }
        for (ScheduleView rule : schedules) {
            rule.lastErrors()
                    .forEach(error -> problems.add("schedule " + rule.name() + ": " + error));
        }
        return problems;
    }

    private static String triedAgain(String problem) {
        return problem + "; put it right: it is tried again twice a minute";
    }
}
