package org.dbstore.backend.golden;

import org.dbstore.backend.device.BlockDevice;
import org.dbstore.backend.device.MemoryBlockDevice;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.zip.GZIPInputStream;

/**
 * Unpacks an image.
 *
 * <pre>
 *   gzip of: "DBSSPRS1", u64 size, then until the end { u64 offset, u32 length, bytes }
 * </pre>
 */
public final class SparseImage {
    private static final long MAGIC = 0x4442535350525331L; // "DBSSPRS1"

    private SparseImage() {}

    /** Unpacks "NN-name" or "damaged/dNN-name" of the test resources into memory. */
    public static MemoryBlockDevice load(String name) throws IOException {
        try (DataInputStream in = open(name)) {
            MemoryBlockDevice device = new MemoryBlockDevice(name, size(in));
            unpack(in, device);
            return device;
        }
    }

    private static DataInputStream open(String name) throws IOException {
        InputStream resource =
                SparseImage.class.getResourceAsStream("/golden/" + name + ".img.sparse.gz");
        if (resource == null) {
            throw new IOException("no golden image " + name);
        }
        return new DataInputStream(new GZIPInputStream(resource, 1 << 16));
    }

    private static long size(DataInputStream in) throws IOException {
        if (in.readLong() != MAGIC) {
            throw new IOException("not a packed image");
        }
        return Long.reverseBytes(in.readLong());
    }

    private static void unpack(DataInputStream in, BlockDevice device) throws IOException {
        while (true) {
            long offset;
            try {
                offset = Long.reverseBytes(in.readLong());
            } catch (EOFException e) {
                return;
            }
            byte[] bytes = new byte[Integer.reverseBytes(in.readInt())];
            in.readFully(bytes);
            device.write(offset, ByteBuffer.wrap(bytes));
        }
    }
}
