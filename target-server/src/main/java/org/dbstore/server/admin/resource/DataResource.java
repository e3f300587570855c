package org.dbstore.server.admin.resource;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.Volume;
import org.dbstore.backend.VolumeContents;
import org.dbstore.backend.stream.VolumeDiff;
import org.dbstore.server.admin.Administration;
import org.dbstore.server.admin.api.Answers.BlockMap;
import org.dbstore.server.admin.api.Answers.Done;
import org.dbstore.server.admin.api.Answers.Range;
import org.dbstore.server.admin.api.Answers.Run;
import org.dbstore.server.admin.http.Answer;
import org.dbstore.server.admin.http.Call;
import org.dbstore.server.admin.http.Refusal;
import org.dbstore.server.admin.http.Route;
import org.dbstore.server.admin.http.Route.Kind;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** The raw contents of volumes and snapshots, what of them is stored, and what has changed. */
public final class DataResource {
    private static final String DEVICE = "/v1/devices/{device}";
    private static final String VOLUME = DEVICE + "/volumes/{volume}";
    private static final int RUNS_MAX = 4096;

    private final Administration administration;

    /** Serves those of a server. */
    public DataResource(Administration administration) {
        this.administration = administration;
    }

    /** What a path leads to. */
    private interface Found {
        Subject subject(Call call) throws BackendException, Refusal;
    }

    /** What can be asked. */
    public List<Route> routes() {
        List<Route> routes = new ArrayList<>();
        routes.addAll(reading(VOLUME, call -> Subject.volume(device(call), call.path("volume"))));
        routes.addAll(reading(VOLUME + "/snapshots/{snapshot}", this::byName));
        routes.addAll(
                reading(
                        DEVICE + "/snapshots/{snapshot}",
                        call -> Subject.snapshot(device(call), SnapshotResource.idByNumber(call))));
        routes.add(
                Route.put(
                                VOLUME + "/data",
                                "Replaces the contents, which nobody else may use: all of them, or"
                                        + " from an offset on as much as is sent. Zeroes take no"
                                        + " space.")
                        .query("offset", "integer", "First byte; without it all is replaced.")
                        .query("flush", "boolean", "False if a flush follows; true without it.")
                        .takesBytes()
                        .answers(200, Done.class)
                        .runs(Kind.TRANSFER)
                        .by(this::write));
        routes.add(
                Route.delete(VOLUME + "/data", "Makes a part read as zeroes, to the byte.")
                        .query("offset", "integer", "First byte.")
                        .query("length", "integer", "How many bytes.")
                        .query("flush", "boolean", "False if a flush follows; true without it.")
                        .answers(200, Done.class)
                        .by(this::zero));
        return routes;
    }

    private List<Route> reading(String template, Found found) {
        return List.of(
                Route.get(
                                template + "/data",
                                "Reads the contents: all of them, or one range of bytes (206).")
                        .answersContent("application/octet-stream")
                        .runs(Kind.TRANSFER)
                        .by(call -> read(call, found.subject(call))),
                Route.get(template + "/map", "Tells what is stored, and where there are zeroes.")
                        .query("offset", "integer", "First byte; the beginning without it.")
                        .answers(200, BlockMap.class)
                        .by(call -> map(call, found.subject(call))),
                Route.get(template + "/changes", "Lists what is not as it was.")
                        .query(
                                "from",
                                "string",
                                "What was: VOLUME, VOLUME@SNAPSHOT or a UUID; without it all that"
                                        + " is stored is listed.")
                        .query("depth", "string", "contents, or mapping: faster, but less exact.")
                        .answersAll(200, Range.class)
                        .by(call -> changes(call, found.subject(call))));
    }

    private BlockStore device(Call call) throws BackendException {
        return administration.device(call.path("device"));
    }

    private Subject byName(Call call) throws BackendException {
        BlockStore store = device(call);
        return Subject.snapshot(
                store, store.snapshotId(call.path("volume"), call.path("snapshot")));
    }

    private static Answer read(Call call, Subject subject)
            throws BackendException, Refusal, IOException {
        return subject.use(volume -> {
            call.checkMatch(volume.uuid());
            ByteRange range = ByteRange.of(call.header("Range"), volume.sizeBytes());
            return new Answer.Stream(
                    range.isAll() ? 200 : 206,
                    range.headers(volume),
                    range.lengthBytes(),
                    output ->
                            subject.use(open -> {
                                new RawCopy(open).read(range, output);
                                return open;
                            }));
        });
    }

    private static Answer map(Call call, Subject subject)
            throws BackendException, Refusal, IOException {
        long first = call.number("offset").orElse(0);
        return subject.use(volume -> Answer.ok(map(volume, first)));
    }

    private static BlockMap map(Volume volume, long first) {
        List<Run> runs = new ArrayList<>();
        long size = volume.sizeBytes();
        long offset = first;
        while (offset < size && runs.size() < RUNS_MAX) {
            VolumeContents.Run run = volume.runAt(offset);
            long length = Math.min(run.lengthBytes(), size - offset);
            runs.add(new Run(offset, length, run.mapped()));
            offset += length;
        }
        return new BlockMap(
                volume.name(),
                volume.uuid(),
                size,
                volume.isReadOnly(),
                runs,
                offset < size ? Optional.of(offset) : Optional.empty());
    }

    private static Answer changes(Call call, Subject subject)
            throws BackendException, Refusal, IOException {
        VolumeDiff.Depth depth =
                switch (call.query("depth").orElse("contents")) {
                    case "contents" -> VolumeDiff.Depth.CONTENTS;
                    case "mapping" -> VolumeDiff.Depth.MAPPING;
                    default -> throw Refusal.badRequest("depth is neither contents nor mapping");
                };
        Optional<String> from = call.query("from");
        if (from.isEmpty()) {
            return subject.use(to -> changes(subject.store(), Optional.empty(), to, depth));
        }
        Subject before = Subject.find(subject.store(), from.get());
        return before.use(
                was -> subject.use(to -> changes(subject.store(), Optional.of(was), to, depth)));
    }

    private static Answer changes(
            BlockStore store, Optional<VolumeContents> from, Volume to, VolumeDiff.Depth depth)
            throws BackendException {
        return Answer.ok(store.changes(from, to, depth).stream().map(Range::of).toList());
    }

    private Answer write(Call call) throws BackendException, Refusal, IOException {
        OptionalLong offset = call.number("offset");
        boolean flush = call.flag("flush", true);
        return changing(
                call,
                volume -> {
                    new RawCopy(volume).write(offset, call);
                    return finish(volume, flush);
                });
    }

    private Answer zero(Call call) throws BackendException, Refusal, IOException {
        OptionalLong offset = call.number("offset");
        OptionalLong length = call.number("length");
        if (offset.isEmpty() || length.isEmpty()) {
            throw Refusal.badRequest("offset and length are needed");
        }
        boolean flush = call.flag("flush", true);
        return changing(
                call,
                volume -> {
                    RawCopy.checkRange(volume, offset.getAsLong(), length.getAsLong());
                    volume.writeZeroes(offset.getAsLong(), length.getAsLong());
                    return finish(volume, flush);
                });
    }

    private static Answer finish(Volume volume, boolean flush) throws BackendException {
        if (flush) {
            volume.flush();
        }
        return Answer.ok(Done.DONE);
    }

    /** Initiators have caches and file systems: what they use is not written under them. */
    private Answer changing(Call call, Subject.Use<Answer> use)
            throws BackendException, Refusal, IOException {
        BlockStore store = device(call);
        String name = call.path("volume");
        Subject.volume(store, name).use(volume -> volume); // refuses what cannot be opened at all
        Volume volume = store.openForImport(name);
        try {
            call.checkMatch(volume.uuid());
            return use.with(volume);
        } finally {
            store.release(volume);
        }
    }
}
