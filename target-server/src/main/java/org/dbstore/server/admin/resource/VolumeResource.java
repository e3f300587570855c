package org.dbstore.server.admin.resource;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.Shrink;
import org.dbstore.backend.VolumeInfo;
import org.dbstore.server.admin.Administration;
import org.dbstore.server.admin.api.Answers.Done;
import org.dbstore.server.admin.api.Answers.Freed;
import org.dbstore.server.admin.api.Answers.RolledBack;
import org.dbstore.server.admin.api.JobView;
import org.dbstore.server.admin.api.Requests.Labels;
import org.dbstore.server.admin.api.Requests.NewClone;
import org.dbstore.server.admin.api.Requests.NewVolume;
import org.dbstore.server.admin.api.Requests.Rollback;
import org.dbstore.server.admin.api.Requests.VolumeChange;
import org.dbstore.server.admin.http.Answer;
import org.dbstore.server.admin.http.Call;
import org.dbstore.server.admin.http.Refusal;
import org.dbstore.server.admin.http.Route;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Volumes. */
public final class VolumeResource {
    private static final String VOLUMES = "/v1/devices/{device}/volumes";
    private static final String VOLUME = VOLUMES + "/{volume}";

    private final Administration administration;

    /** Serves those of a server. */
    public VolumeResource(Administration administration) {
        this.administration = administration;
    }

    /** What can be asked. */
    public List<Route> routes() {
        return List.of(
                Route.get(VOLUMES, "Lists the volumes.")
                        .answersAll(200, VolumeInfo.class)
                        .by(call -> Answer.ok(device(call).volumes())),
                Route.post(VOLUMES, "Makes an empty thin volume.")
                        .takes(NewVolume.class)
                        .answers(201, VolumeInfo.class)
                        .by(this::create),
                Route.get(VOLUME, "Describes a volume.")
                        .answers(200, VolumeInfo.class)
                        .by(call -> Answer.ok(device(call).volume(call.path("volume")))),
                Route.patch(VOLUME, "Changes name, size and labels of a volume, in this order.")
                        .takes(VolumeChange.class)
                        .answers(200, VolumeInfo.class)
                        .by(this::change),
                Route.delete(VOLUME, "Deletes a volume and all its snapshots.")
                        .query("dryRun", "boolean", "Only tell what would be won.")
                        .answers(200, Freed.class)
                        .by(this::delete),
                Route.post(VOLUME + "/rollback", "Takes a volume back to one of its snapshots.")
                        .takes(Rollback.class)
                        .answers(200, RolledBack.class)
                        .by(this::rollback),
                Route.post(VOLUME + "/flatten", "Ends the sharing of a linked clone: a job.")
                        .answers(202, JobView.class)
                        .by(this::flatten),
                Route.post(VOLUME + "/clone", "Makes a volume of what a volume holds now.")
                        .takes(NewClone.class)
                        .answers(201, VolumeInfo.class)
                        .by(this::cloneHead),
                Route.post(VOLUME + "/flush", "Makes all that was written durable.")
                        .answers(200, Done.class)
                        .by(this::flush));
    }

    private BlockStore device(Call call) throws BackendException {
        return administration.device(call.path("device"));
    }

    private Answer create(Call call) throws BackendException, Refusal, IOException {
        NewVolume wanted = call.body(NewVolume.class);
        BlockStore store = device(call);
        store.createVolume(wanted.name(), wanted.sizeBytes());
        return Answer.created(store.volume(wanted.name()));
    }

    private Answer change(Call call) throws BackendException, Refusal, IOException {
        VolumeChange wanted = call.body(VolumeChange.class);
        BlockStore store = device(call);
        String volume = "#" + store.volume(call.path("volume")).slot(); // whatever it is called
        if (wanted.name().isPresent()) {
            store.renameVolume(volume, wanted.name().get());
        }
        if (wanted.sizeBytes().isPresent()) {
            store.resizeVolume(
                    volume, wanted.sizeBytes().get(), wanted.shrink().orElse(Shrink.REFUSED));
        }
        Optional<Labels> labels = wanted.labels();
        if (labels.isPresent()) {
            store.labelVolume(volume, labels.get().set(), Set.copyOf(labels.get().remove()));
        }
        return Answer.ok(store.volume(volume));
    }

    private Answer delete(Call call) throws BackendException, Refusal {
        BlockStore store = device(call);
        String volume = call.path("volume");
        Freed freed = new Freed(volume, store.freedByDeletingVolume(volume));
        if (!call.flag("dryRun", false)) {
            store.deleteVolume(volume);
        }
        return Answer.ok(freed);
    }

    private Answer rollback(Call call) throws BackendException, Refusal, IOException {
        Rollback wanted = call.body(Rollback.class);
        BlockStore store = device(call);
        String volume = call.path("volume");
        int id = Subject.snapshotId(store, volume, wanted.snapshot());
        OptionalInt kept = store.rollback(volume, id, wanted.discard());
        return Answer.ok(
                new RolledBack(
                        volume,
                        kept.isPresent() ? Optional.of(kept.getAsInt()) : Optional.empty()));
    }

    private Answer flatten(Call call) throws BackendException {
        BlockStore store = device(call);
        String volume = call.path("volume");
        store.volume(volume);
        return Answer.accepted(
                administration
                        .jobs()
                        .start(
                                "flatten",
                                call.path("device") + "/" + volume,
                                job -> {
                                    store.flatten(volume, job);
                                    return store.volume(volume);
                                }));
    }

    private Answer cloneHead(Call call) throws BackendException, Refusal, IOException {
        NewClone wanted = call.body(NewClone.class);
        BlockStore store = device(call);
        int head = store.volume(call.path("volume")).headSnapshotId();
        return new Cloning(administration.jobs(), call.path("device"), store).run(head, wanted);
    }

    private Answer flush(Call call) throws BackendException, Refusal, IOException {
        Subject subject = Subject.volume(device(call), call.path("volume"));
        return subject.use(volume -> {
            volume.flush();
            return Answer.ok(Done.DONE);
        });
    }
}
