package org.dbstore.server.admin.client;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.ProgressListener;
import org.dbstore.backend.stream.StreamReceiver;
import org.dbstore.server.admin.api.Answers;
import org.dbstore.server.admin.api.ApiPath;

import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
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

    private Imported send(ReadableByteChannel input, ApiPath to)
            throws IOException, BackendException {
        try {
            Answers.Imported imported =
                    client.upload(
                            to,
                            Map.of(),
                            output ->
                                    new StreamTee(input, Channels.newChannel(output), 0)
                                            .pass(progress),
                            Answers.Imported.class);
            return new Imported(imported.snapshot().info(), imported.storedBytes());
        } catch (ServerFailure e) {
            throw RemoteStream.refusal(e);
        }
    }
}
