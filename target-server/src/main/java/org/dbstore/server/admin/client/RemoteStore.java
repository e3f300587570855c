package org.dbstore.server.admin.client;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.DeviceInfo;
import org.dbstore.backend.Finding;
import org.dbstore.backend.ProgressListener;
import org.dbstore.backend.Shrink;
import org.dbstore.backend.SnapshotInfo;
import org.dbstore.backend.SnapshotRequest;
import org.dbstore.backend.SpaceInfo;
import org.dbstore.backend.Store;
import org.dbstore.backend.VacuumInfo;
import org.dbstore.backend.VolumeContents;
import org.dbstore.backend.VolumeInfo;
import org.dbstore.backend.stream.ChangedRange;
import org.dbstore.backend.stream.SnapshotStream;
import org.dbstore.backend.stream.StreamReceiver;
import org.dbstore.backend.stream.StreamToken;
import org.dbstore.backend.stream.VolumeDiff;
import org.dbstore.server.admin.api.Answers.Freed;
import org.dbstore.server.admin.api.Answers.ImportState;
import org.dbstore.server.admin.api.Answers.Range;
import org.dbstore.server.admin.api.Answers.RolledBack;
import org.dbstore.server.admin.api.ApiError;
import org.dbstore.server.admin.api.ApiPath;
import org.dbstore.server.admin.api.DeviceView;
import org.dbstore.server.admin.api.FindingView;
import org.dbstore.server.admin.api.JobView;
import org.dbstore.server.admin.api.Requests.GroupMember;
import org.dbstore.server.admin.api.Requests.Labels;
import org.dbstore.server.admin.api.Requests.NewClone;
import org.dbstore.server.admin.api.Requests.NewVolume;
import org.dbstore.server.admin.api.Requests.Rollback;
import org.dbstore.server.admin.api.Requests.SnapshotChange;
import org.dbstore.server.admin.api.Requests.VolumeChange;
import org.dbstore.server.admin.api.SnapshotView;
import org.dbstore.server.admin.api.VacuumView;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** A device that a server holds: each call asks the server. */
public final class RemoteStore implements Store {
    private final AdminClient client;
    private final ApiPath device;
    private final BooleanSupplier interrupted;

    /** A request; what goes wrong with it is told in the engine's words. */
    private interface Request<T> {
        T send() throws ServerFailure;
    }

    /**
     * Names a device.
     *
     * @param client asks the server
     * @param deviceName by the server's configuration
     */
    public RemoteStore(AdminClient client, String deviceName) {
        this(client, deviceName, () -> false);
    }

    /**
     * Names a device.
     *
     * @param client asks the server
     * @param deviceName by the server's configuration
     * @param interrupted asked often while a job is waited for; true to have it end, and to fail
     */
    public RemoteStore(AdminClient client, String deviceName, BooleanSupplier interrupted) {
        this.client = client;
        this.device = ApiPath.of("devices", deviceName);
        this.interrupted = interrupted;
    }

    @Override
    public DeviceInfo info() throws BackendException {
        return ask(() -> client.get(device, DeviceView.class).info());
    }

    @Override
    public List<Finding> report() throws BackendException {
        return ask(() ->
                client.list(device.to("findings"), FindingView.class).stream()
                        .map(FindingView::finding)
                        .toList());
    }

    @Override
    public List<VolumeInfo> volumes() throws BackendException {
        return ask(() -> client.list(device.to("volumes"), VolumeInfo.class));
    }

    @Override
    public VolumeInfo volume(String name) throws BackendException {
        return ask(() -> client.get(volumePath(name), VolumeInfo.class));
    }

    @Override
    public List<SnapshotInfo> snapshots(String volumeName) throws BackendException {
        return ask(() ->
                client.list(volumePath(volumeName).to("snapshots"), SnapshotView.class).stream()
                        .map(SnapshotView::info)
                        .toList());
    }

    @Override
    public int snapshotId(String volumeName, String nameOrId) throws BackendException {
        ApiPath path = volumePath(volumeName).to("snapshots").to(nameOrId);
        return ask(() -> client.get(path, SnapshotView.class).id());
    }

    @Override
    public RemoteVolume openVolume(String name) throws BackendException {
        return ask(() -> new RemoteVolume(client, volumePath(name)));
    }

    @Override
    public RemoteVolume openSnapshot(int snapshotId) throws BackendException {
        return ask(() -> new RemoteVolume(client, snapshotPath(snapshotId)));
    }

    /** The server holds nothing open for us. */
    @Override
    public void release(VolumeContents contents) {}

    @Override
    public List<ChangedRange> changes(
            Optional<VolumeContents> from, VolumeContents to, VolumeDiff.Depth depth)
            throws BackendException {
        ApiPath changes = ((RemoteVolume) to).path().to("changes").with("depth", name(depth));
        ApiPath path =
                from.isEmpty()
                        ? changes
                        : changes.with("from", ((RemoteVolume) from.get()).reference());
        return ask(() -> client.list(path, Range.class).stream().map(Range::range).toList());
    }

    @Override
    public void createVolume(String name, long sizeBytes) throws BackendException {
        ask(() ->
                client.post(
                        device.to("volumes"), new NewVolume(name, sizeBytes), VolumeInfo.class));
    }

    @Override
    public void renameVolume(String name, String newName) throws BackendException {
        change(name, Optional.of(newName), Optional.empty(), Optional.empty(), Optional.empty());
    }

    @Override
    public void resizeVolume(String volumeName, long sizeBytes, Shrink shrink)
            throws BackendException {
        change(
                volumeName,
                Optional.empty(),
                Optional.of(sizeBytes),
                Optional.of(shrink),
                Optional.empty());
    }

    @Override
    public void labelVolume(String name, Map<String, String> set, Set<String> removed)
            throws BackendException {
        Optional<Labels> labels = Optional.of(new Labels(set, List.copyOf(removed)));
        change(name, Optional.empty(), Optional.empty(), Optional.empty(), labels);
    }

    private void change(
            String volume,
            Optional<String> name,
            Optional<Long> sizeBytes,
            Optional<Shrink> shrink,
            Optional<Labels> labels)
            throws BackendException {
        VolumeChange change = new VolumeChange(name, sizeBytes, shrink, labels);
        ask(() -> client.patch(volumePath(volume), change, VolumeInfo.class));
    }

    @Override
    public void deleteVolume(String name) throws BackendException {
        delete(volumePath(name));
    }

    @Override
    public long freedByDeletingVolume(String name) throws BackendException {
        return freed(volumePath(name));
    }

    @Override
    public List<Integer> createSnapshots(List<SnapshotRequest> requests) throws BackendException {
        List<GroupMember> members =
                requests.stream()
                        .map(request -> new GroupMember(request.volume(), request.name()))
                        .toList();
        return ask(() ->
                client.postForList(device.to("snapshots"), members, SnapshotView.class).stream()
                        .map(SnapshotView::id)
                        .toList());
    }

    @Override
    public void renameSnapshot(int snapshotId, String newName) throws BackendException {
        change(snapshotId, new SnapshotChange(Optional.of(newName), Optional.empty()));
    }

    @Override
    public void labelSnapshot(int snapshotId, Map<String, String> set, Set<String> removed)
            throws BackendException {
        Labels labels = new Labels(set, List.copyOf(removed));
        change(snapshotId, new SnapshotChange(Optional.empty(), Optional.of(labels)));
    }

    private void change(int snapshotId, SnapshotChange change) throws BackendException {
        ask(() -> client.patch(snapshotPath(snapshotId), change, SnapshotView.class));
    }

    @Override
    public void deleteSnapshot(int snapshotId) throws BackendException {
        delete(snapshotPath(snapshotId));
    }

    @Override
    public long freedByDeletingSnapshot(int snapshotId) throws BackendException {
        return freed(snapshotPath(snapshotId));
    }

    @Override
    public void linkClone(int snapshotId, String newVolumeName) throws BackendException {
        ApiPath path = snapshotPath(snapshotId).to("clone");
        ask(() -> client.post(path, new NewClone(newVolumeName, true), VolumeInfo.class));
    }

    @Override
    public void cloneSnapshot(int snapshotId, String newVolumeName, ProgressListener progress)
            throws BackendException {
        ApiPath path = snapshotPath(snapshotId).to("clone");
        run(path, new NewClone(newVolumeName, false), progress, () -> false);
    }

    @Override
    public void flatten(String volumeName, ProgressListener progress) throws BackendException {
        run(volumePath(volumeName).to("flatten"), Map.of(), progress, () -> false);
    }

    @Override
    public OptionalInt rollback(String volumeName, int snapshotId, boolean discard)
            throws BackendException {
        ApiPath path = volumePath(volumeName).to("rollback");
        Rollback request = new Rollback(Integer.toString(snapshotId), discard);
        Optional<Integer> kept = ask(() -> client.post(path, request, RolledBack.class)).kept();
        return kept.isPresent() ? OptionalInt.of(kept.get()) : OptionalInt.empty();
    }

    @Override
    public VacuumInfo vacuum(ProgressListener progress, BooleanSupplier cancelled)
            throws BackendException {
        JobView job = run(device.to("vacuum"), Map.of(), progress, cancelled);
        return ask(() -> RemoteJob.result(job, VacuumView.class)).info();
    }

    @Override
    public VacuumInfo previewVacuum() throws BackendException {
        ApiPath path = device.to("vacuum").with("dryRun", true);
        return ask(() -> client.post(path, Map.of(), VacuumView.class)).info();
    }

    @Override
    public SpaceInfo space() throws BackendException {
        return ask(() -> client.get(device.to("space"), SpaceInfo.class));
    }

    @Override
    public SnapshotStream exportStream(
            String volumeName, int snapshotId, OptionalInt baseId, ProgressListener progress)
            throws BackendException {
        if (baseId.isPresent() && baseId.getAsInt() == snapshotId) {
            throw new BackendException(
                    BackendError.INVALID, "a snapshot cannot be the base of itself");
        }
        ApiPath snapshots = volumePath(volumeName).to("snapshots");
        ApiPath snapshot = snapshots.to(Integer.toString(snapshotId));
        ask(() -> client.get(snapshot, SnapshotView.class));
        if (baseId.isEmpty()) {
            return new RemoteStream(client, snapshot.to("stream"), progress);
        }
        String base = Integer.toString(baseId.getAsInt());
        ask(() -> client.get(snapshots.to(base), SnapshotView.class));
        return new RemoteStream(client, snapshot.to("stream").with("base", base), progress);
    }

    @Override
    public StreamReceiver importStream(String volumeName, ProgressListener progress) {
        return new RemoteReceiver(client, volumePath(volumeName).to("stream"), progress);
    }

    @Override
    public Optional<StreamToken> importToken(String volumeName) throws BackendException {
        ApiPath path = volumePath(volumeName).to("import");
        return ask(() -> client.get(path, ImportState.class)).token().map(StreamToken::parse);
    }

    @Override
    public void discardImport(String volumeName) throws BackendException {
        delete(volumePath(volumeName).to("import"));
    }

    /** The server goes on without us. */
    @Override
    public void close() {}

    private ApiPath volumePath(String name) {
        return device.to("volumes").to(name);
    }

    private ApiPath snapshotPath(int id) {
        return device.to("snapshots").to(Integer.toString(id));
    }

    private void delete(ApiPath path) throws BackendException {
        ask(() -> {
            client.delete(path);
            return path;
        });
    }

    private long freed(ApiPath path) throws BackendException {
        return ask(() -> client.delete(path.with("dryRun", true), Freed.class)).freedBytes();
    }

    private JobView run(
            ApiPath path, Object body, ProgressListener progress, BooleanSupplier cancelled)
            throws BackendException {
        return ask(() -> {
            // Asked before the job begins, so that whoever interrupts us finds it listening.
            var _ = interrupted.getAsBoolean();
            JobView job =
                    new RemoteJob(client, client.post(path, body, JobView.class))
                            .await(
                                    progress,
                                    () -> cancelled.getAsBoolean() || interrupted.getAsBoolean());
            if (job.state() == JobView.State.CANCELLED && !cancelled.getAsBoolean()) {
                throw new ServerFailure(
                        new ApiError(
                                ApiError.CANCELLED,
                                "job %d was ended before it was done".formatted(job.id()),
                                "begin it again to go on"));
            }
            return job;
        });
    }

    private static String name(VolumeDiff.Depth depth) {
        return depth.name().toLowerCase(Locale.ROOT);
    }

    private static <T> T ask(Request<T> request) throws BackendException {
        try {
            return request.send();
        } catch (ServerFailure e) {
            throw e.asBackendException();
        }
    }
}
