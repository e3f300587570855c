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
import java.util.TreeMap;
import java.util.function.LongPredicate;

/**
 * Reads a device as the original does, by the description of the format and without any code of the
 * engine: what it sees is what another implementation will see.
 */
final class PlainReader {
    @SuppressWarnings("ArrayRecordComponent")
    record Entry(int index, byte[] bitmap) {}

    record Layer(int id, Map<Long, Entry> shown) {}

    record PlainVolume(String name, long sizeBytes, List<Layer> chain) {}

    static final int VOLUME_TABLE = 4096;
    static final int SNAPSHOT_TABLE = 72192;
    static final int EXTENT_TABLE = 729088;
    private static final int MIB = 1 << 20;
    private static final int ENTRY = 38;

    /** Owner of extents that hold no volume's data: the journal is the one with position 0. */
    private static final int RESERVED = 0xFFFF;

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
            if (id != 0 && id != RESERVED) {
                byte[] bitmap = new byte[32];
                entry.get(6, bitmap);
                entriesById
                        .computeIfAbsent(id, k -> new HashMap<>())
                        .put(Integer.toUnsignedLong(entry.getInt(2)), new Entry(i, bitmap));
            }
        }
    }

    /** True if the original does not open the device: it is of another version. */
    static boolean isRefused(SimulatedDevice device) {
        return ByteBuffer.wrap(device.bytes(8, 4)).order(ByteOrder.LITTLE_ENDIAN).getInt()
                != 0x0001_0000;
    }

    /** Positions of reserved extents: the journal's, and the first of a mirror. */
    private static final int MIRROR = 0x10000;

    /** True if the medium of a device has a journal that is in use: its superblock lists it. */
    static boolean hasJournal(SimulatedDevice device) {
        byte[] list = device.forcedBytes(64, 8);
        return new String(list, StandardCharsets.US_ASCII).equals("DBSRSRVD");
    }

    /** True if the medium of a device has a mirror of its metadata. */
    static boolean hasMirror(SimulatedDevice device) {
        return reserved(device.forcedBytes(EXTENT_TABLE, extentTableBytes(device)))
                .values()
                .stream()
                .anyMatch(kind -> kind >= MIRROR);
    }

    /** Tells which offsets of a device are metadata: the tables and the reserved extents. */
    static LongPredicate metadata(SimulatedDevice device) {
        Map<Integer, Integer> reserved =
                reserved(device.forcedBytes(EXTENT_TABLE, extentTableBytes(device)));
        long data = dataOffset(device.sizeBytes());
        return offset -> offset < data || reserved.containsKey((int) ((offset - data) / MIB));
    }

    static List<Long> reservedOffsets(SimulatedDevice device) {
        long data = dataOffset(device.sizeBytes());
        return reserved(device.bytes(EXTENT_TABLE, extentTableBytes(device))).keySet().stream()
                .map(i -> data + (long) i * MIB)
                .toList();
    }

    /** Number of entries up to the last that is in use. */
    static int entryCount(SimulatedDevice device) {
        int[] owners = owners(device);
        int count = owners.length;
        while (count > 0 && owners[count - 1] == 0) {
            count--;
        }
        return count;
    }

    /** True if no extent in use lost its owner, except where the damage itself took it. */
    static boolean keepsOwners(
            SimulatedDevice whole, SimulatedDevice damaged, SimulatedDevice after) {
        int[] was = owners(whole);
        int[] hit = owners(damaged);
        int[] is = owners(after);
        for (int i = 0; i < was.length; i++) {
            if (was[i] != 0 && is[i] == 0 && hit[i] != 0) {
                return false;
            }
        }
        return true;
    }

    private static int[] owners(SimulatedDevice device) {
        ByteBuffer table = extentTable(device);
        int[] owners = new int[table.limit() / ENTRY];
        for (int i = 0; i < owners.length; i++) {
            owners[i] = Short.toUnsignedInt(table.getShort(i * ENTRY));
        }
        return owners;
    }

    /** Finds the reserved extents, with their kinds. */
    private static Map<Integer, Integer> reserved(byte[] extentTable) {
        ByteBuffer table = ByteBuffer.wrap(extentTable).order(ByteOrder.LITTLE_ENDIAN);
        Map<Integer, Integer> reserved = new TreeMap<>();
        for (int i = 0; i < table.limit() / ENTRY; i++) {
            if (Short.toUnsignedInt(table.getShort(i * ENTRY)) == RESERVED) {
                reserved.put(i, table.getInt(i * ENTRY + 2));
            }
        }
        return reserved;
    }

    private static ByteBuffer extentTable(SimulatedDevice device) {
        return ByteBuffer.wrap(device.bytes(EXTENT_TABLE, extentTableBytes(device)))
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    private static int extentTableBytes(SimulatedDevice device) {
        return (int) ((device.sizeBytes() - EXTENT_TABLE) / MIB) * ENTRY;
    }

    private static long dataOffset(long deviceBytes) {
        long total = (deviceBytes - EXTENT_TABLE) / MIB;
        return Math.ceilDiv(EXTENT_TABLE + total * ENTRY, (long) MIB) * MIB;
    }

    List<PlainVolume> volumes() throws IOException {
        List<PlainVolume> volumes = new ArrayList<>();
        for (int slot = 0; slot < 256; slot++) {
            ByteBuffer entry = read(VOLUME_TABLE + 266L * slot, 266);
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
        return Short.toUnsignedInt(read(SNAPSHOT_TABLE + 10L * (id - 1), 10).getShort(0));
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
