package org.dbstore.server.admin.resource;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.SpaceInfo;
import org.dbstore.backend.check.DeviceCheck;
import org.dbstore.server.admin.Administration;
import org.dbstore.server.admin.api.CheckView;
import org.dbstore.server.admin.api.DeviceView;
import org.dbstore.server.admin.api.FindingView;
import org.dbstore.server.admin.api.JobView;
import org.dbstore.server.admin.api.VacuumView;
import org.dbstore.server.admin.http.Answer;
import org.dbstore.server.admin.http.Call;
import org.dbstore.server.admin.http.Refusal;
import org.dbstore.server.admin.http.Route;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Devices. */
public final class DeviceResource {
    private static final String DEVICE = "/v1/devices/{device}";

    private final Administration administration;

    /** Serves those of a server. */
    public DeviceResource(Administration administration) {
        this.administration = administration;
    }

    /** What can be asked. */
    public List<Route> routes() {
        return List.of(
                Route.get("/v1/devices", "Lists the devices.")
                        .answersAll(200, DeviceView.class)
                        .by(call -> Answer.ok(devices(administration))),
                Route.get(DEVICE, "Describes a device.")
                        .answers(200, DeviceView.class)
                        .by(call -> Answer.ok(DeviceView.of(call.path("device"), device(call)))),
                Route.get(DEVICE + "/findings", "Tells what was found wrong at the opening.")
                        .answersAll(200, FindingView.class)
                        .by(call ->
                                Answer.ok(
                                        device(call).report().stream()
                                                .map(FindingView::of)
                                                .toList())),
                Route.get(DEVICE + "/space", "Shares out the space among the volumes.")
                        .answers(200, SpaceInfo.class)
                        .by(call -> Answer.ok(device(call).space())),
                Route.post(DEVICE + "/vacuum", "Compacts the device: a job.")
                        .query("dryRun", "boolean", "Only tell what would be won, at once (200).")
                        .answers(202, JobView.class)
                        .by(this::vacuum),
                Route.post(DEVICE + "/check", "Checks the device while it is used: a job.")
                        .answers(202, JobView.class)
                        .by(this::check));
    }

    static List<DeviceView> devices(Administration administration) {
        List<DeviceView> views = new ArrayList<>();
        administration.devices().forEach((name, store) -> views.add(DeviceView.of(name, store)));
        return views;
    }

    private BlockStore device(Call call) throws BackendException {
        return administration.device(call.path("device"));
    }

    private Answer vacuum(Call call) throws BackendException, Refusal {
        BlockStore store = device(call);
        if (call.flag("dryRun", false)) {
            return Answer.ok(VacuumView.of(store.previewVacuum()));
        }
        return Answer.accepted(
                administration
                        .jobs()
                        .start(
                                "vacuum",
                                call.path("device"),
                                job -> VacuumView.of(store.vacuum(job::note, job::isCancelled))));
    }

    private Answer check(Call call) throws BackendException {
        Path path = device(call).info().path();
        return Answer.accepted(
                administration
                        .jobs()
                        .start(
                                "check",
                                call.path("device"),
                                job -> CheckView.of(DeviceCheck.run(path, false))));
    }
}
