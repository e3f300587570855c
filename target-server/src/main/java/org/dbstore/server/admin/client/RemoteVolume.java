package org.dbstore.server.admin.client;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.VolumeContents;
import org.dbstore.server.admin.api.Answers.BlockMap;
import org.dbstore.server.admin.api.Answers.Done;
import org.dbstore.server.admin.api.ApiError;
import org.dbstore.server.admin.api.ApiPath;
import org.jspecify.annotations.Nullable;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/**
 * The contents of a volume or snapshot that a server holds. What follows one another is written in
 * one request, so a failure may be told by a later call; {@link #flush} tells all. If the name
 * leads to another volume meanwhile, requests fail and change nothing.
 */
public final class RemoteVolume implements VolumeContents {
    private static final int REQUEST_BYTES = 4 << 20;

    /** Zeroes up to here are sent; the server knows them when it sees them. */
    private static final int SENT_ZEROES_MAX = 64 << 10;

    private final AdminClient client;
    private final ApiPath path;
    private final BlockMap volume;
    private BlockMap map;
    private final ByteBuffer pending = ByteBuffer.allocate(REQUEST_BYTES);
    private long pendingOffset;

    /** Opens what lies under a path. */
    RemoteVolume(AdminClient client, ApiPath path) throws ServerFailure {
        this.client = client;
        this.path = path;
        this.volume = client.get(path.to("map"), BlockMap.class);
        this.map = volume;
    }

    ApiPath path() {
        return path;
    }

    /** By which another request names it. */
    String reference() {
        return volume.uuid().toString();
    }

    @Override
    public String name() {
        return volume.name();
    }

    @Override
    public UUID uuid() {
        return volume.uuid();
    }

    /** As it was when the volume was opened. */
    @Override
    public long sizeBytes() {
        return volume.sizeBytes();
    }

    @Override
    public boolean isReadOnly() {
        return volume.readOnly();
    }

    @Override
    public synchronized void read(long offset, ByteBuffer target) throws BackendException {
        checkRange(offset, target.remaining());
        if (!target.hasRemaining()) {
            return;
        }
        send();
        String range = "bytes=%d-%d".formatted(offset, offset + target.remaining() - 1);
        try (InputStream input =
                client.download(path.to("data"), headers(Map.of("Range", range)))) {
            ReadableByteChannel channel = Channels.newChannel(input);
            while (target.hasRemaining()) {
                if (channel.read(target) < 0) {
                    throw new EOFException("the server ended too early");
                }
            }
        } catch (IOException e) {
            throw failure("read", offset, e);
        }
    }

    @Override
    public synchronized boolean write(long offset, ByteBuffer source) throws BackendException {
        checkRange(offset, source.remaining());
        checkWritable();
        while (source.hasRemaining()) {
            beginAt(offset);
            int length = Math.min(pending.remaining(), source.remaining());
            pending.put(source.slice(source.position(), length));
            source.position(source.position() + length);
            offset += length;
        }
        return true;
    }

    @Override
    public synchronized boolean writeZeroes(long offset, long lengthBytes) throws BackendException {
        checkRange(offset, lengthBytes);
        checkWritable();
        if (lengthBytes <= SENT_ZEROES_MAX) {
            return write(offset, ByteBuffer.allocate((int) lengthBytes));
        }
        send();
        ApiPath zeroes = path.to("data").with("offset", offset).with("length", lengthBytes);
        forgetMap();
        try {
            client.delete(zeroes.with("flush", false), headers(Map.of()), Done.class);
        } catch (IOException e) {
            throw failure("zeroing", offset, e);
        }
        return true;
    }

    @Override
    public synchronized Run runAt(long offset) throws BackendException {
        checkRange(offset, 1);
        send();
        @Nullable Run run = knownRun(offset);
        if (run == null) {
            try {
                map = client.get(path.to("map").with("offset", offset), BlockMap.class);
            } catch (ServerFailure e) {
                throw failure("map", offset, e);
            }
            run = knownRun(offset);
        }
        if (run == null || !map.uuid().equals(volume.uuid())) {
            throw new BackendException(
                    BackendError.NOT_FOUND, volume.name() + " is another volume meanwhile");
        }
        return run;
    }

    private @Nullable Run knownRun(long offset) {
        for (var run : map.runs()) {
            if (run.offset() <= offset && offset < run.offset() + run.length()) {
                return new Run(run.offset() + run.length() - offset, run.mapped());
            }
        }
        return null;
    }

    @Override
    public synchronized void flush() throws BackendException {
        send();
        try {
            client.post(path.to("flush"), null, Done.class);
        } catch (ServerFailure e) {
            throw failure("flush", 0, e);
        }
    }

    /** Makes room for bytes at an offset: what is pending goes unless they follow it. */
    private void beginAt(long offset) throws BackendException {
        if (!pending.hasRemaining() || offset != pendingOffset + pending.position()) {
            send();
        }
        if (pending.position() == 0) {
            pendingOffset = offset;
        }
    }

    private void send() throws BackendException {
        if (pending.position() == 0) {
            return;
        }
        ApiPath part = path.to("data").with("offset", pendingOffset).with("flush", false);
        byte[] bytes = pending.array();
        int length = pending.position();
        pending.clear();
        forgetMap();
        try {
            client.upload(
                    part, headers(Map.of()), output -> output.write(bytes, 0, length), Done.class);
        } catch (IOException e) {
            throw failure("write", pendingOffset, e);
        }
    }

    /** What was known of where something is stored holds no longer. */
    private void forgetMap() {
        map =
                new BlockMap(
                        volume.name(),
                        volume.uuid(),
                        volume.sizeBytes(),
                        volume.readOnly(),
                        List.of(),
                        Optional.empty());
    }

    private Map<String, String> headers(Map<String, String> further) {
        Map<String, String> headers = new HashMap<>(further);
        headers.put("If-Match", "\"" + volume.uuid() + "\"");
        return headers;
    }

    private void checkRange(long offset, long lengthBytes) {
        Objects.checkFromIndexSize(offset, lengthBytes, volume.sizeBytes());
    }

    private void checkWritable() throws BackendException {
        if (volume.readOnly()) {
            throw new BackendException(BackendError.READ_ONLY, volume.name() + " is a snapshot");
        }
    }

    private BackendException failure(String what, long offset, IOException cause) {
        if (cause instanceof ServerFailure failure) {
            return failure.error().code().equals(ApiError.CHANGED)
                    ? new BackendException(
                            BackendError.NOT_FOUND, failure.error().message(), failure)
                    : failure.asBackendException();
        }
        return new BackendException(
                BackendError.IO,
                "%s of %s at %d: %s".formatted(what, volume.name(), offset, cause.getMessage()),
                cause);
    }
}
