package org.dbstore.tests.support;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;

/** The pack format of the golden images: a gzip of the runs that are not zero. */
public final class SparseImage {
    private static final byte[] MAGIC = "DBSSPRS1".getBytes(StandardCharsets.US_ASCII);

    private SparseImage() {}

    /**
     * Writes the image as a sparse file.
     *
     * @throws IOException also if the pack is damaged
     */
    public static void expand(Path packed, Path image) throws IOException {
        try (DataInputStream in =
                        new DataInputStream(
                                new BufferedInputStream(
                                        new GZIPInputStream(Files.newInputStream(packed))));
                RandomAccessFile out = new RandomAccessFile(image.toFile(), "rw")) {
            if (!Arrays.equals(in.readNBytes(MAGIC.length), MAGIC)) {
                throw new IOException(packed + " is no packed image");
            }
            out.setLength(Long.reverseBytes(in.readLong()));
            byte[] offset = new byte[Long.BYTES];
            while (in.readNBytes(offset, 0, offset.length) == offset.length) {
                int length = Integer.reverseBytes(in.readInt());
                byte[] run = in.readNBytes(length);
                if (run.length != length) {
                    throw new EOFException(packed + " ends within a run");
                }
                out.seek(littleEndian(offset));
                out.write(run);
            }
        }
    }

    private static long littleEndian(byte[] bytes) {
        long value = 0;
        for (int i = bytes.length - 1; i >= 0; i--) {
            value = (value << 8) | (bytes[i] & 0xff);
        }
        return value;
    }
}
