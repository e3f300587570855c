package org.dbstore.server.admin.resource;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.SnapshotInfo;
import org.dbstore.backend.SnapshotRequest;
import org.dbstore.backend.VolumeInfo;
import org.dbstore.server.admin.Administration;
import org.dbstore.server.admin.api.Answers.Freed;
import org.dbstore.server.admin.api.Requests.GroupMember;
import org.dbstore.server.admin.api.Requests.Labels;
import org.dbstore.server.admin.api.Requests.NewClone;
import org.dbstore.server.admin.api.Requests.NewSnapshot;
import org.dbstore.server.admin.api.Requests.SnapshotChange;
import org.dbstore.server.admin.api.SnapshotView;
import org.dbstore.server.admin.http.Answer;
import org.dbstore.server.admin.http.Call;
import org.dbstore.server.admin.http.Refusal;
import org.dbstore.server.admin.http.Route;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Snapshots: by name or number below their volume, or by number alone, which is the only one of the
 * device.
 */
public final class SnapshotResource {
    private static final String DEVICE = "/v1/devices/{device}";
    private static final String OF_DEVICE = DEVICE + "/snapshots";
    private static final String OF_VOLUME = DEVICE + "/volumes/{volume}/snapshots";

    private final Administration administration;

    /** Serves those of a server. */
    public SnapshotResource(Administration administration) {
        this.administration = administration;
    }

    /** A snapshot that a path leads to. */
    private interface Found {
        int id(Call call) throws BackendException, Refusal;
    }

    /** What can be asked. */
    public List<Route> routes() {
        List<Route> routes = new ArrayList<>();
        routes.add(
                Route.get(OF_VOLUME, "Lists the snapshots of a volume, its head first.")
                        .answersAll(200, SnapshotView.class)
                        .by(this::list));
        routes.add(
                Route.post(OF_VOLUME, "Takes a snapshot; works while the volume is in use.")
                        .takes(NewSnapshot.class)
                        .answers(201, SnapshotView.class)
                        .by(this::create));
        routes.add(
                Route.get(OF_DEVICE, "Lists the snapshots of all volumes.")
                        .answersAll(200, SnapshotView.class)
                        .by(call -> Answer.ok(all(device(call)))));
        routes.add(
                Route.post(OF_DEVICE, "Takes snapshots of several volumes at one instant.")
                        .takesAll(GroupMember.class)
                        .answersAll(201, SnapshotView.class)
                        .by(this::createGroup));
        routes.addAll(of(OF_VOLUME + "/{snapshot}", this::idByName));
        routes.addAll(of(OF_DEVICE + "/{snapshot}", SnapshotResource::idByNumber));
        return routes;
    }

    private List<Route> of(String template, Found found) {
        return List.of(
                Route.get(template, "Describes a snapshot.")
                        .answers(200, SnapshotView.class)
                        .by(call -> Answer.ok(view(device(call), found.id(call)))),
                Route.patch(template, "Changes name and labels of a snapshot, in this order.")
                        .takes(SnapshotChange.class)
                        .answers(200, SnapshotView.class)
                        .by(call -> change(call, found.id(call))),
                Route.delete(template, "Deletes a snapshot; all others stay as they are.")
                        .query("dryRun", "boolean", "Only tell what would be won.")
                        .answers(200, Freed.class)
                        .by(call -> delete(call, found.id(call))),
                Route.post(
                                template + "/clone",
                                "Makes a volume of a snapshot: at once if it is linked, else by a"
                                        + " job (202).")
                        .takes(NewClone.class)
                        .answers(201, VolumeInfo.class)
                        .by(call -> cloneOf(call, found.id(call))));
    }

    private BlockStore device(Call call) throws BackendException {
        return administration.device(call.path("device"));
    }

    private int idByName(Call call) throws BackendException {
        return device(call).snapshotId(call.path("volume"), call.path("snapshot"));
    }

    static int idByNumber(Call call) throws Refusal {
        String number = call.path("snapshot");
        if (!number.matches("[1-9][0-9]{0,4}")) {
            throw Refusal.badRequest("'" + number + "' is not the number of a snapshot");
        }
        return Integer.parseInt(number);
    }

    private Answer list(Call call) throws BackendException {
        BlockStore store = device(call);
        VolumeInfo volume = store.volume(call.path("volume"));
        return Answer.ok(views(store, volume));
    }

    private static List<SnapshotView> views(BlockStore store, VolumeInfo volume)
            throws BackendException {
        // The slot is a name that no second volume has.
        return store.snapshots("#" + volume.slot()).stream()
                .map(snapshot -> SnapshotView.of(volume.name(), snapshot))
                .toList();
    }

    private static List<SnapshotView> all(BlockStore store) throws BackendException {
        List<SnapshotView> all = new ArrayList<>();
        for (VolumeInfo volume : store.volumes()) {
            all.addAll(views(store, volume));
        }
        return all;
    }

    private static SnapshotView view(BlockStore store, int id) throws BackendException {
        for (VolumeInfo volume : store.volumes()) {
            for (SnapshotInfo snapshot : store.snapshots("#" + volume.slot())) {
                if (snapshot.id() == id) {
                    return SnapshotView.of(volume.name(), snapshot);
                }
            }
        }
        throw new BackendException(BackendError.NOT_FOUND, "there is no snapshot " + id);
    }

    private Answer create(Call call) throws BackendException, Refusal, IOException {
        NewSnapshot wanted = call.body(NewSnapshot.class);
        BlockStore store = device(call);
        SnapshotRequest request = new SnapshotRequest(call.path("volume"), wanted.name());
        int id = store.createSnapshots(List.of(request)).getFirst();
        return Answer.created(view(store, id));
    }

    private Answer createGroup(Call call) throws BackendException, Refusal, IOException {
        List<SnapshotRequest> requests = new ArrayList<>();
        for (GroupMember member : call.bodies(GroupMember.class)) {
            requests.add(new SnapshotRequest(member.volume(), member.name()));
        }
        BlockStore store = device(call);
        List<SnapshotView> taken = new ArrayList<>();
        for (int id : store.createSnapshots(requests)) {
            taken.add(view(store, id));
        }
        return Answer.created(taken);
    }

    private Answer change(Call call, int id) throws BackendException, Refusal, IOException {
        SnapshotChange wanted = call.body(SnapshotChange.class);
        BlockStore store = device(call);
        if (wanted.name().isPresent()) {
            store.renameSnapshot(id, wanted.name().get());
        }
        Optional<Labels> labels = wanted.labels();
        if (labels.isPresent()) {
            store.labelSnapshot(id, labels.get().set(), Set.copyOf(labels.get().remove()));
        }
        return Answer.ok(view(store, id));
    }

    private Answer delete(Call call, int id) throws BackendException, Refusal {
        BlockStore store = device(call);
        Freed freed = new Freed(Integer.toString(id), store.freedByDeletingSnapshot(id));
        if (!call.flag("dryRun", false)) {
            store.deleteSnapshot(id);
        }
        return Answer.ok(freed);
    }

    private Answer cloneOf(Call call, int id) throws BackendException, Refusal, IOException {
        NewClone wanted = call.body(NewClone.class);
        BlockStore store = device(call);
        return new Cloning(administration.jobs(), call.path("device"), store).run(id, wanted);
    }
}
