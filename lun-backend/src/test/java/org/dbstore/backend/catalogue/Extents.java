package org.dbstore.backend.catalogue;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.commit.Transaction;
import org.dbstore.backend.commit.Transactions;
import org.dbstore.backend.device.MemoryBlockDevice;
import org.dbstore.backend.format.CatalogueBlock;
import org.dbstore.backend.format.Geometry;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Extents for a catalogue on a device in memory, as many pairs as a test allows. */
final class Extents implements CatalogueSpace {
    static final UUID DEVICE_ID = new UUID(0x1111, 0x2222);

    final MemoryBlockDevice device = new MemoryBlockDevice("memory", 100 << 20);
    final Geometry geometry = new Geometry(100 << 20);
    private final List<Pair> pairs = new ArrayList<>();
    private final int pairsMax;

    Extents(int pairsMax) {
        this.pairsMax = pairsMax;
    }

    @Override
    public boolean ensure() throws BackendException {
        if (pairs.isEmpty() && pairsMax > 0) {
            grow();
        }
        return !pairs.isEmpty();
    }

    @Override
    public List<Pair> pairs() {
        return pairs;
    }

    @Override
    public void grow() throws BackendException {
        if (pairs.size() == pairsMax) {
            throw new BackendException(BackendError.NO_SPACE, "no more extents in this test");
        }
        pairs.add(new Pair(3 * pairs.size(), 3 * pairs.size() + 1));
    }

    Catalogue load() throws BackendException {
        return load(DEVICE_ID);
    }

    Catalogue load(UUID deviceId) throws BackendException {
        return Catalogue.load(this, geometry, this::readInto, deviceId);
    }

    /** Makes a transaction durable, in both copies. */
    void commit(Catalogue catalogue, Transaction transaction) {
        commitHomes(catalogue, transaction);
        for (Pair pair : pairs) {
            write(geometry.extentOffset(pair.copy()), readExtent(pair.home()));
        }
    }

    /** As {@link #commit}, before the copies follow. */
    void commitHomes(Catalogue catalogue, Transaction transaction) {
        Transactions.apply(transaction, device);
        catalogue.committed(transaction);
    }

    ByteBuffer home(int block) {
        return read(homeOffset(block), CatalogueBlock.BYTES);
    }

    void writeHome(int block, ByteBuffer content) {
        write(homeOffset(block), content);
    }

    void writeCopy(int block, ByteBuffer content) {
        write(
                geometry.extentOffset(pairs.getFirst().copy())
                        + (long) block * CatalogueBlock.BYTES,
                content);
    }

    ByteBuffer read(long offset, int lengthBytes) {
        ByteBuffer bytes = ByteBuffer.allocate(lengthBytes).order(ByteOrder.LITTLE_ENDIAN);
        readInto(offset, bytes);
        return bytes.flip();
    }

    private void readInto(long offset, ByteBuffer target) {
        try {
            device.read(offset, target);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private ByteBuffer readExtent(int extent) {
        return read(geometry.extentOffset(extent), Geometry.EXTENT_BYTES);
    }

    private long homeOffset(int block) {
        return geometry.extentOffset(pairs.getFirst().home()) + (long) block * CatalogueBlock.BYTES;
    }

    private void write(long offset, ByteBuffer content) {
        try {
            device.write(offset, content.duplicate().clear());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
