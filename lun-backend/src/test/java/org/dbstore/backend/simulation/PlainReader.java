package org.dbstore.backend.simulation;

import org.dbstore.backend.device.BlockDevice;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads a device as the original does, by the description of the format and without any code of the
 * engine: what it sees is what another implementation will see.
 */
final class PlainReader {
    @SuppressWarnings("ArrayRecordComponent")
    record Entry(int index, byte[] bitmap) {}

    record Layer(int id, Map<Long, Entry> shown) {}

    record PlainVolume(String name, long sizeBytes, List<Layer> chain) {}

    private static final int EXTENT_TABLE = 729088;
    private static final int MIB = 1 << 20;

    private final BlockDevice device;
    private final long dataOffset;
    private final Map<Integer, Map<Long, Entry>> entriesById = new HashMap<>();

    PlainReader(BlockDevice device) throws IOException {
        this.device = device;
        ByteBuffer superblock = read(0, 24);
        long deviceSize = superblock.getLong(16);
        long total = (deviceSize - EXTENT_TABLE) / MIB;
        dataOffset = Math.ceilDiv(EXTENT_TABLE + total * 38, (long) MIB) * MIB;
        long count = Math.min(superblock.getInt(12), total - total * 38 / MIB);
        for (int i = 0; i < count; i++) {
            ByteBuffer entry = read(EXTENT_TABLE + 38L * i, 38);
            int id = Short.toUnsignedInt(entry.getShort(0));
            if (id != 0) {
                byte[] bitmap = new byte[32];
                entry.get(6, bitmap);
                entriesById
                        .computeIfAbsent(id, k -> new HashMap<>())
                        .put(Integer.toUnsignedLong(entry.getInt(2)), new Entry(i, bitmap));
            }
        }
    }

    List<PlainVolume> volumes() throws IOException {
        List<PlainVolume> volumes = new ArrayList<>();
        for (int slot = 0; slot < 256; slot++) {
            ByteBuffer entry = read(4096 + 266L * slot, 266);
            int head = Short.toUnsignedInt(entry.getShort(0));
            if (head != 0) {
                byte[] name = new byte[256];
                entry.get(10, name);
                String text = new String(name, StandardCharsets.UTF_8);
                volumes.add(
                        new PlainVolume(
                                text.substring(0, text.indexOf('\0')),
                                entry.getLong(2),
                                chain(head)));
            }
        }
        return volumes;
    }

    private List<Layer> chain(int head) throws IOException {
        List<Integer> ids = new ArrayList<>();
        for (int id = head; id != 0; id = parent(id)) {
            ids.add(id);
        }
        List<Layer> layers = new ArrayList<>();
        for (int i = 0; i < ids.size(); i++) {
            Map<Long, Entry> shown = new HashMap<>();
            for (int id : ids.subList(i, ids.size())) {
                entriesById.getOrDefault(id, Map.of()).forEach(shown::putIfAbsent);
            }
            layers.add(new Layer(ids.get(i), shown));
        }
        return layers;
    }

    private int parent(int id) throws IOException {
        return Short.toUnsignedInt(read(72192 + 10L * (id - 1), 10).getShort(0));
    }

    /** Stamps of all sectors that are not zero. */
    Map<Integer, Integer> content(Layer layer) throws IOException {
        Map<Integer, Integer> stamps = new HashMap<>();
        for (Map.Entry<Long, Entry> shown : layer.shown().entrySet()) {
            for (int block = 0; block < 256; block++) {
                if ((shown.getValue().bitmap()[block >> 3] >> (block & 7) & 1) != 0) {
                    long at = dataOffset + (long) shown.getValue().index() * MIB + block * 4096L;
                    long sector = shown.getKey() * 2048 + block * 8L;
                    Stamps.collect(read(at, 4096), (int) sector, stamps);
                }
            }
        }
        return stamps;
    }

    private ByteBuffer read(long offset, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        device.read(offset, buffer);
        return buffer.flip();
    }
}
