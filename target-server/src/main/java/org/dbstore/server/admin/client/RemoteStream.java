package org.dbstore.server.admin.client;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.ProgressListener;
import org.dbstore.backend.stream.SnapshotStream;
import org.dbstore.backend.stream.StreamException;
import org.dbstore.backend.stream.StreamHeader;
import org.dbstore.backend.stream.StreamToken;
import org.dbstore.server.admin.api.ApiError;
import org.dbstore.server.admin.api.ApiPath;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.util.Map;
import java.util.Optional;

/**
 * A stream that a server writes.
 *
 * @param client asks the server
 * @param path of the stream
 * @param progress hears how far it has come
 */
record RemoteStream(AdminClient client, ApiPath path, ProgressListener progress)
        implements SnapshotStream {
    @Override
    public long write(WritableByteChannel output, Optional<StreamToken> from)
            throws BackendException, IOException {
        try (InputStream input = open(from)) {
            return new StreamTee(Channels.newChannel(input), output, 0).pass(progress);
        }
    }

    @Override
    public long append(WritableByteChannel output, StreamToken from)
            throws BackendException, IOException {
        try (InputStream input = open(Optional.of(from))) {
            return new StreamTee(Channels.newChannel(input), output, StreamHeader.BYTES)
                    .pass(progress);
        }
    }

    @Override
    public void check(StreamToken from) throws BackendException, IOException {
        ApiPath asked = path.with("resumeAt", from).with("check", true);
        try (InputStream input = client.download(asked, Map.of())) {
            input.readAllBytes();
        } catch (ServerFailure e) {
            throw refusal(e);
        }
    }

    private InputStream open(Optional<StreamToken> from) throws BackendException, IOException {
        try {
            return client.download(
                    from.isPresent() ? path.with("resumeAt", from.get()) : path, Map.of());
        } catch (ServerFailure e) {
            throw refusal(e);
        }
    }

    /** Tells what was wrong in the words of who reads and writes streams itself. */
    static IOException refusal(ServerFailure failure) throws BackendException {
        if (failure.error().code().equals(ApiError.STREAM)) {
            return new StreamException(failure.error().message());
        }
        throw failure.asBackendException();
    }
}
