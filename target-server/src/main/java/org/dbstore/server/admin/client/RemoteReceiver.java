package org.dbstore.server.admin.client;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.ProgressListener;
import org.dbstore.backend.stream.StreamReceiver;
import org.dbstore.server.admin.api.Answers;
import org.dbstore.server.admin.api.ApiPath;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A volume of a server that a stream is sent to.
 *
 * @param client asks the server
 * @param path where streams go
 * @param progress hears how far it has come
 */
record RemoteReceiver(AdminClient client, ApiPath path, ProgressListener progress)
        implements StreamReceiver {
    @Override
    public Imported run(ReadableByteChannel input) throws IOException, BackendException {
        return send(input, path);
    }

    @Override
    public Imported resume(ReadableByteChannel input) throws IOException, BackendException {
        return send(input, path.with("resume", true));
    }

    /**
     * Sends what there is. If it breaks off here, the server is told that this is the end: it sees
     * that the stream is not whole, keeps what came, and says when it has done so.
     */
    private Imported send(ReadableByteChannel input, ApiPath to)
            throws IOException, BackendException {
        List<IOException> broken = new ArrayList<>();
        try {
            Answers.Imported imported =
                    client.upload(
                            to,
                            Map.of(),
                            output -> pass(input, output, broken),
                            Answers.Imported.class);
            return new Imported(imported.snapshot().info(), imported.storedBytes());
        } catch (ServerFailure e) {
            if (!broken.isEmpty()) {
                throw broken.getFirst();
            }
            throw RemoteStream.refusal(e);
        }
    }

    private void pass(ReadableByteChannel input, OutputStream output, List<IOException> broken)
            throws IOException {
        StreamTee tee = new StreamTee(input, Channels.newChannel(output), 0);
        try {
            tee.pass(progress);
        } catch (IOException e) {
            if (tee.outputFailed()) {
                throw e;
            }
            broken.add(e);
        }
    }
}
