package org.dbstore.server.admin.resource;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.ProgressListener;
import org.dbstore.backend.stream.SnapshotStream;
import org.dbstore.backend.stream.StreamReceiver;
import org.dbstore.backend.stream.StreamToken;
import org.dbstore.server.admin.Administration;
import org.dbstore.server.admin.api.Answers.Done;
import org.dbstore.server.admin.api.Answers.ImportState;
import org.dbstore.server.admin.api.Answers.Imported;
import org.dbstore.server.admin.api.SnapshotView;
import org.dbstore.server.admin.http.Answer;
import org.dbstore.server.admin.http.Call;
import org.dbstore.server.admin.http.Refusal;
import org.dbstore.server.admin.http.Route;
import org.dbstore.server.admin.http.Route.Kind;

import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Snapshots as streams, and imports of them (docs/stream-format.md). */
public final class StreamResource {
    private static final String VOLUME = "/v1/devices/{device}/volumes/{volume}";

    private final Administration administration;

    /** Serves those of a server. */
    public StreamResource(Administration administration) {
        this.administration = administration;
    }

    /** What can be asked. */
    public List<Route> routes() {
        return List.of(
                Route.get(
                                VOLUME + "/snapshots/{snapshot}/stream",
                                "Writes a snapshot, or what changed since an older one, as a"
                                        + " stream.")
                        .query("base", "string", "Name or id of the older one.")
                        .query("resumeAt", "string", "Token of where a stream broke off.")
                        .query("check", "boolean", "Only tell whether the token fits.")
                        .answersContent("application/octet-stream")
                        .runs(Kind.TRANSFER)
                        .by(this::export),
                Route.put(
                                VOLUME + "/stream",
                                "Makes a volume of a full stream, or brings one up to date.")
                        .query("resume", "boolean", "Go on with an import that broke off.")
                        .takesBytes()
                        .answers(201, Imported.class)
                        .runs(Kind.TRANSFER)
                        .by(this::receive),
                Route.get(VOLUME + "/import", "Tells where an import broke off.")
                        .answers(200, ImportState.class)
                        .by(this::state),
                Route.delete(VOLUME + "/import", "Undoes an import that broke off.")
                        .answers(200, Done.class)
                        .by(this::discard));
    }

    private BlockStore device(Call call) throws BackendException {
        return administration.device(call.path("device"));
    }

    private Answer export(Call call) throws BackendException, Refusal, IOException {
        BlockStore store = device(call);
        String volume = call.path("volume");
        int id = store.snapshotId(volume, call.path("snapshot"));
        Optional<String> base = call.query("base");
        OptionalInt baseId =
                base.isPresent()
                        ? OptionalInt.of(store.snapshotId(volume, base.get()))
                        : OptionalInt.empty();
        SnapshotStream stream = store.exportStream(volume, id, baseId, ProgressListener.NONE);
        Optional<StreamToken> from = token(call);
        if (from.isPresent()) {
            stream.check(from.get());
        }
        if (call.flag("check", false)) {
            return Answer.ok(Done.DONE);
        }
        return new Answer.Stream(
                200, Map.of(), -1, output -> stream.write(Channels.newChannel(output), from));
    }

    private static Optional<StreamToken> token(Call call) throws Refusal {
        try {
            return call.query("resumeAt").map(StreamToken::parse);
        } catch (IllegalArgumentException e) {
            throw Refusal.badRequest("resumeAt: " + e.getMessage());
        }
    }

    private Answer receive(Call call) throws BackendException, Refusal, IOException {
        String volume = call.path("volume");
        StreamReceiver receiver = device(call).importStream(volume, ProgressListener.NONE);
        ReadableByteChannel input = Channels.newChannel(call.input());
        StreamReceiver.Imported imported =
                call.flag("resume", false) ? receiver.resume(input) : receiver.run(input);
        return Answer.created(
                new Imported(SnapshotView.of(volume, imported.snapshot()), imported.storedBytes()));
    }

    private Answer state(Call call) throws BackendException {
        String volume = call.path("volume");
        Optional<StreamToken> token = device(call).importToken(volume);
        return Answer.ok(new ImportState(volume, token.map(StreamToken::toString)));
    }

    private Answer discard(Call call) throws BackendException {
        device(call).discardImport(call.path("volume"));
        return Answer.ok(Done.DONE);
    }
}
