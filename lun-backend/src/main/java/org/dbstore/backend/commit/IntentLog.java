package org.dbstore.backend.commit;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.device.AlignedBuffers;
import org.dbstore.backend.device.BlockDevice;
import org.dbstore.backend.device.StoreHealth;
import org.dbstore.backend.extent.ExtentChanges;
import org.dbstore.backend.extent.ExtentTable;
import org.dbstore.backend.format.Geometry;
import org.dbstore.backend.format.Intent;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * What commits to come intend, for the case that the process ends before: the next opening carries
 * it out. So a write that maps blocks can be acknowledged without a commit where only the end of
 * the process must be survived. Nothing here is forced: after the end of the system it is void, as
 * is the data that it leads to.
 *
 * <p>One extent of two halves: a commit's intents are in the half of its parity, so those of the
 * commit that runs stay while the next ones come. An extent that changes again writes over its
 * intent: within a page of the cache, the end of the process leaves the old or the new one.
 */
public final class IntentLog {
    /** How many extents may have intents for one commit. */
    public static final int INTENTS_MAX = Geometry.EXTENT_BYTES / 2 / Intent.BYTES;

    /** Answer of {@link #write}. */
    static final int AGAIN = -1;

    /** Answer of {@link #write}. */
    static final int REFUSED = -2;

    private static final Logger LOG = LogManager.getLogger(IntentLog.class);
    private static final int BUFFERS_MAX = 16;
    private static final int ERASE_BYTES = 1 << 16;
    private static final long NONE = -1;

    private final BlockDevice device;
    private final Geometry geometry;
    private final ExtentTable table;
    private final StoreHealth health;
    private final UUID run;
    private final AlignedBuffers buffers = new AlignedBuffers(Geometry.BLOCK_BYTES, BUFFERS_MAX);

    /** Shared by those who write intents; a commit begins without them. */
    private final ReentrantReadWriteLock writing = new ReentrantReadWriteLock();

    private volatile long offset = NONE;

    /**
     * Creates a log that is not there yet.
     *
     * @param device of the store
     * @param geometry of the device
     * @param table of the entries
     * @param health of the store
     * @param run of the system
     */
    IntentLog(
            BlockDevice device,
            Geometry geometry,
            ExtentTable table,
            StoreHealth health,
            UUID run) {
        this.device = device;
        this.geometry = geometry;
        this.table = table;
        this.health = health;
        this.run = run;
    }

    /**
     * Begins to use the extent of the log, and erases what other sessions left there: it has been
     * carried out or is void. Not with direct I/O: an intent is smaller than what that can write,
     * and data waits for the medium there anyway.
     *
     * @throws BackendException {@link org.dbstore.backend.BackendError#FAILED}
     */
    void open(int extent) throws BackendException {
        long start = geometry.extentOffset(extent);
        try {
            erase(start);
        } catch (IOException e) {
            throw health.fail("erasing of intents on " + device.name(), e);
        }
        offset = device.alignment() == 1 ? start : NONE;
    }

    /** Writes only where something is: most sessions leave few intents or none. */
    private void erase(long start) throws IOException {
        ByteBuffer present = AlignedBuffers.allocate(ERASE_BYTES);
        ByteBuffer zeroes = AlignedBuffers.allocate(ERASE_BYTES);
        for (int at = 0; at < Geometry.EXTENT_BYTES; at += ERASE_BYTES) {
            device.read(start + at, present.clear());
            if (!present.flip().equals(zeroes.clear())) {
                device.write(start + at, zeroes);
            }
        }
    }

    /**
     * Begins a commit: whatever intents it makes superfluous are written, so the place of none is
     * another's by then.
     *
     * @param withTransactions as of {@link ExtentTable#take}
     * @return as there
     */
    ExtentChanges take(boolean withTransactions) {
        writing.writeLock().lock();
        try {
            return table.take(withTransactions);
        } finally {
            writing.writeLock().unlock();
        }
    }

    /**
     * Writes an intent of an entry, if there can be one. As {@link ExtentTable#intend}.
     *
     * @param extent an owned extent
     * @return how many extents had one for the same commit before; {@link #AGAIN} if this one was
     *     among them, {@link #REFUSED} if the change has to be committed
     */
    int write(int extent) {
        if (offset == NONE) {
            return REFUSED;
        }
        ByteBuffer buffer = buffers.take().order(ByteOrder.LITTLE_ENDIAN);
        writing.readLock().lock();
        try {
            long start = offset;
            ExtentTable.Intended intended =
                    start == NONE ? null : table.intend(extent, INTENTS_MAX);
            if (intended == null || !write(start, intended, buffer)) {
                return REFUSED;
            }
            return intended.isNew() ? intended.index() : AGAIN;
        } finally {
            writing.readLock().unlock();
            buffers.give(buffer);
        }
    }

    private boolean write(long start, ExtentTable.Intended intended, ByteBuffer buffer) {
        boolean written = false;
        try {
            intended.intent().write(buffer, run);
            device.write(
                    start + position(intended.intent().commit(), intended.index()),
                    buffer.clear().limit(Intent.BYTES));
            written = true;
        } catch (IOException e) {
            LOG.warn("no intent on {}: the write waits for a commit", device.name(), e);
        } finally {
            if (!written) {
                table.unintended(intended.intent().extent());
            }
        }
        return written;
    }

    /** Ends the log and takes back what it has. */
    void revoke() {
        writing.writeLock().lock();
        try {
            if (offset != NONE) {
                revoke(device, offset, run);
                offset = NONE;
            }
        } finally {
            writing.writeLock().unlock();
        }
    }

    /**
     * Takes all intents back: after a force that failed the data that they lead to may be lost
     * though the system runs on, and in its place is what others left there.
     *
     * @param device of the store
     * @param offset of the log's extent on it
     * @param run of the system
     */
    public static void revoke(BlockDevice device, long offset, UUID run) {
        try {
            ByteBuffer block =
                    AlignedBuffers.allocate(Geometry.BLOCK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
            for (int at = Geometry.EXTENT_BYTES; at > Geometry.BLOCK_BYTES; ) {
                at -= Geometry.BLOCK_BYTES;
                device.write(offset + at, block.clear());
            }
            Intent.REVOCATION.write(block, run);
            device.write(offset, block.clear());
        } catch (IOException e) {
            LOG.warn("the intents on {} cannot be taken back", device.name(), e);
        }
    }

    /** Where an intent lies in the extent. */
    private static long position(long commit, int index) {
        return ((commit & 1) * INTENTS_MAX + index) * Intent.BYTES;
    }
}
