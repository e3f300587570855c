package org.dbstore.backend.repair;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.check.MetadataImage;
import org.dbstore.backend.device.BlockDevice;
import org.dbstore.backend.format.Geometry;
import org.dbstore.backend.format.Superblock;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipException;

/**
 * All metadata of a device in a file; docs/device-format.md has the format.
 *
 * @param device identity, if it has one
 * @param deviceBytes size of the device
 * @param createdAt when it was taken
 * @param digest SHA-256 of what the file says, in hexadecimal digits
 * @param image the metadata; what is not metadata reads as zeroes
 */
public record MetadataDump(
        Optional<UUID> device,
        long deviceBytes,
        Instant createdAt,
        String digest,
        MetadataImage image) {
    private static final long MAGIC = 0x444253_44554d5031L; // "DBSDUMP1"
    private static final int BLOCK = Geometry.BLOCK_BYTES;
    private static final long LITERAL = -1;
    private static final long END = -2;
    private static final int REGIONS_MAX = 2000;

    /**
     * Writes a dump; when this returns it is durable. Nothing is left of one that fails.
     *
     * @param file not there yet
     * @param image of the device
     * @param createdAt when it was taken
     * @throws BackendException {@link BackendError#ALREADY_EXISTS}, {@link BackendError#IO}
     */
    static void write(Path file, MetadataImage image, Instant createdAt) throws BackendException {
        if (Files.exists(file)) {
            throw new BackendException(BackendError.ALREADY_EXISTS, file + " exists already");
        }
        boolean complete = false;
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            OutputStream out = Channels.newOutputStream(channel);
            DeflaterOutputStream deflated =
                    new DeflaterOutputStream(out, new Deflater(Deflater.BEST_SPEED), 1 << 16);
            DigestOutputStream digested = new DigestOutputStream(deflated, sha256());
            DataOutputStream data = new DataOutputStream(digested);
            data.writeLong(MAGIC);
            UUID id = image.superblock().flatMap(Superblock::identity).orElse(new UUID(0, 0));
            data.writeLong(id.getMostSignificantBits());
            data.writeLong(id.getLeastSignificantBits());
            data.writeLong(image.sizeBytes());
            data.writeLong(createdAt.toEpochMilli());
            data.writeInt(image.regions().size());
            for (MetadataImage.Region region : image.regions()) {
                data.writeLong(region.first());
                data.writeLong(region.count());
            }
            writeBlocks(image, data);
            data.flush();
            deflated.write(digested.getMessageDigest().digest());
            deflated.finish();
            channel.force(true);
            complete = true;
        } catch (IOException e) {
            throw new BackendException(BackendError.IO, "write of " + file, e);
        } finally {
            if (!complete) {
                file.toFile().delete();
            }
        }
        forceFolder(file);
    }

    /** The name of the file must survive, too. */
    private static void forceFolder(Path file) throws BackendException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null) {
            return;
        }
        try (FileChannel channel = FileChannel.open(folder)) {
            channel.force(true);
        } catch (IOException e) {
            throw new BackendException(BackendError.IO, "sync of " + folder, e);
        }
    }

    private static void writeBlocks(MetadataImage image, DataOutputStream data) throws IOException {
        Map<Integer, Long> seen = new HashMap<>();
        for (Map.Entry<Long, byte[]> block : image.blocks().entrySet()) {
            data.writeLong(block.getKey());
            int hash = Arrays.hashCode(block.getValue());
            Long same = seen.get(hash);
            if (same != null && Arrays.equals(image.blocks().get(same), block.getValue())) {
                data.writeLong(same);
            } else {
                seen.putIfAbsent(hash, block.getKey());
                data.writeLong(LITERAL);
                data.write(block.getValue());
            }
        }
        data.writeLong(END);
    }

    /**
     * Reads a dump, all of it.
     *
     * @param file written by {@link #write}
     * @return checked
     * @throws BackendException {@link BackendError#NOT_FOUND}; {@link BackendError#INVALID} if it
     *     is no dump, or not what was written; {@link BackendError#IO}
     */
    public static MetadataDump read(Path file) throws BackendException {
        if (!Files.isRegularFile(file)) {
            throw new BackendException(BackendError.NOT_FOUND, "there is no file " + file);
        }
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            InflaterInputStream inflated = new InflaterInputStream(in);
            DigestInputStream digested =
                    new DigestInputStream(new BufferedInputStream(inflated, 1 << 16), sha256());
            return read(file, digested);
        } catch (ZipException | EOFException e) {
            throw new BackendException(
                    BackendError.INVALID, file + " is no dump, or not a whole one", e);
        } catch (IOException e) {
            throw new BackendException(BackendError.IO, "read of " + file, e);
        }
    }

    private static MetadataDump read(Path file, DigestInputStream digested)
            throws IOException, BackendException {
        DataInputStream data = new DataInputStream(digested);
        if (data.readLong() != MAGIC) {
            throw damaged(file);
        }
        UUID id = new UUID(data.readLong(), data.readLong());
        long deviceBytes = data.readLong();
        Instant createdAt = Instant.ofEpochMilli(data.readLong());
        MetadataImage image = new MetadataImage(new NoDevice(file.toString(), deviceBytes));
        int regions = data.readInt();
        if (regions < 0 || regions > REGIONS_MAX) {
            throw damaged(file);
        }
        for (int i = 0; i < regions; i++) {
            image.add(new MetadataImage.Region(data.readLong(), data.readLong()));
        }
        for (long block = data.readLong(); block != END; block = data.readLong()) {
            long source = data.readLong();
            byte[] bytes;
            if (source == LITERAL) {
                bytes = data.readNBytes(BLOCK);
            } else {
                bytes = image.blocks().getOrDefault(source, new byte[0]);
            }
            if (bytes.length != BLOCK || !image.has(block)) {
                throw damaged(file);
            }
            image.put(block, bytes);
        }
        byte[] expected = digested.getMessageDigest().digest();
        digested.on(false);
        if (!Arrays.equals(expected, data.readNBytes(expected.length)) || data.read() >= 0) {
            throw damaged(file);
        }
        return new MetadataDump(
                Optional.of(id).filter(each -> !each.equals(new UUID(0, 0))),
                deviceBytes,
                createdAt,
                HexFormat.of().formatHex(expected),
                image);
    }

    private static BackendException damaged(Path file) {
        return new BackendException(
                BackendError.INVALID, file + " is no dump, or not what was written");
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }

    /** What is not in a dump. */
    private record NoDevice(String name, long sizeBytes) implements BlockDevice {
        @Override
        public int alignment() {
            return 1;
        }

        @Override
        public void read(long offset, ByteBuffer target) {
            while (target.hasRemaining()) {
                target.put((byte) 0);
            }
        }

        @Override
        public boolean tryRead(long offset, ByteBuffer target) {
            read(offset, target);
            return true;
        }

        @Override
        public void write(long offset, ByteBuffer source) throws IOException {
            throw new IOException("a dump cannot be written");
        }

        @Override
        public boolean writeThrough(long offset, ByteBuffer source) throws IOException {
            throw new IOException("a dump cannot be written");
        }

        @Override
        public void force() {}

        @Override
        public void punchHole(long offset, long lengthBytes) {}

        @Override
        public void close() {}
    }
}
