package org.dbstore.server.iscsi.pdu;

import org.jspecify.annotations.Nullable;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/**
 * Takes PDUs from a socket: as many bytes per system call as there are, headers before payload, so
 * that a length is checked before a byte of it is stored. Used by the connection's own thread only.
 *
 * <p>A large data segment can be read past this buffer, straight to where it is wanted.
 */
public final class PduReader {
    /** Receive buffer of a login: its PDUs have at most 8 KiB of data. */
    public static final int LOGIN_CAPACITY_BYTES = 16 << 10;

    /** Receive buffer of a session at first: most are idle, and many may be. */
    public static final int IDLE_CAPACITY_BYTES = 4 << 10;

    /** PDUs with more data gain nothing by a larger receive buffer. */
    private static final int CROWDING_DATA_BYTES_MAX = 8 << 10;

    /**
     * Receive buffer of a session whose PDUs crowd the first one. Smaller than the longest data
     * segment on purpose: what does not fit is read with {@link #readData}, straight to where it is
     * wanted.
     */
    public static final int CAPACITY_BYTES = 128 << 10;

    private final SocketChannel channel;
    private final Waiting waiting;
    private ByteBuffer bytes;
    private ByteBuffer view;
    private int start;
    private int end;
    // The PDU at hand: what of it has not been taken yet.
    private int dataLeft;
    private int paddingLeft;
    private boolean digestLeft;
    private boolean dataDamaged;
    private final ByteBuffer damagedHeader = ByteBuffer.allocate(Bhs.BYTES);
    // What the PDUs carry, and the digest of the data segment at hand.
    private boolean headerDigests;
    private boolean dataDigests;
    private final Crc32cDigest digest = new Crc32cDigest();
    private final Crc32cDigest headerDigest = new Crc32cDigest();

    private @Nullable BusyPoll poll;

    /** The last read got all it had room for: there may be more. */
    private boolean lastReadFull;

    /** Told when the reader goes to the socket, where it may have to wait. */
    public interface Waiting {
        /** Sends what is ready to be sent. */
        void beforeWaiting() throws IOException;

        /** There are bytes to work on. */
        void workBegins();
    }

    /**
     * Creates a reader.
     *
     * @param channel in blocking mode
     * @param waiting told when the reader goes to the socket
     * @param buffer direct, its capacity is used; bounds what a header may make us store
     */
    public PduReader(SocketChannel channel, Waiting waiting, ByteBuffer buffer) {
        this.channel = channel;
        this.waiting = waiting;
        this.bytes = buffer;
        this.view = buffer.duplicate();
    }

    /** What was received and not taken yet. */
    public int unreadBytes() {
        return end - start;
    }

    /**
     * Goes on with another buffer, to which unread bytes are moved.
     *
     * @param buffer with room for {@link #unreadBytes}
     * @return the one before, not used any more
     */
    public ByteBuffer exchange(ByteBuffer buffer) {
        ByteBuffer before = bytes;
        buffer.clear().put(0, before, start, end - start);
        end -= start;
        start = 0;
        bytes = buffer;
        view = buffer.duplicate();
        return before;
    }

    /**
     * From now on the socket is looked at before it is slept in, where that helps.
     *
     * @param writer sends meanwhile what others have queued
     * @param processors which are used up for looking
     */
    public void polls(PduWriter writer, SpareProcessors processors) throws IOException {
        InputStream socket = channel.socket().getInputStream();
        poll = new BusyPoll(socket::available, writer::sendQueued, processors, System::nanoTime);
    }

    /** From the next PDU on headers, or data segments, carry a digest. */
    public void expectDigests(boolean ofHeaders, boolean ofData) {
        headerDigests = ofHeaders;
        dataDigests = ofData;
    }

    /**
     * Tells whether the data segment that was taken last does not fit its digest: whatever was made
     * of it is void. What is skipped is not checked.
     */
    public boolean isDataDamaged() {
        return dataDamaged;
    }

    /** The header of the PDU whose data are damaged, a copy for this reader's next PDU but one. */
    public ByteBuffer damagedHeader() {
        return damagedHeader.clear();
    }

    /** The buffer in which the header, the AHS and small data segments lie. */
    public ByteBuffer buffer() {
        return bytes;
    }

    /**
     * Goes to the next PDU; what is left of the one before is skipped.
     *
     * @return index of its header in {@link #buffer}, or -1 if the peer has closed
     * @throws EOFException if the peer closed within a PDU
     * @throws ProtocolException if the header does not fit its digest: nothing in it can be
     *     believed, not even where the next one begins
     */
    public int nextHeader() throws IOException, ProtocolException {
        skipData();
        if (end == start && !fillOnce()) {
            return -1;
        }
        require(Bhs.BYTES);
        if (headerDigests) {
            checkHeader();
        }
        int header = start;
        start += Bhs.BYTES;
        dataLeft = 0;
        paddingLeft = 0;
        dataDamaged = false;
        return header;
    }

    private void checkHeader() throws IOException, ProtocolException {
        int bytesOfHeader = Bhs.BYTES + Bhs.ahsBytes(bytes, start);
        require(bytesOfHeader + Crc32cDigest.BYTES);
        int value = headerDigest.reset().add(bytes, start, bytesOfHeader).value();
        if (bytes.getInt(start + bytesOfHeader) != value) {
            throw new ProtocolException("a header that does not fit its digest");
        }
    }

    /**
     * Takes the additional header segments and opens the data segment.
     *
     * @param header as {@link #nextHeader} returned it
     * @return index of the header, which may have moved; the AHS follows it
     */
    public int openData(int header) throws IOException {
        int ahsBytes = Bhs.ahsBytes(bytes, header);
        int dataBytes = Bhs.dataBytes(bytes, header);
        if (ahsBytes > 0) {
            start = header;
            require(Bhs.BYTES + ahsBytes);
            header = start;
            start += Bhs.BYTES + ahsBytes;
        }
        if (headerDigests) {
            start += Crc32cDigest.BYTES;
        }
        dataLeft = dataBytes;
        paddingLeft = Bhs.padding(dataBytes);
        digestLeft = dataDigests && dataBytes > 0;
        if (digestLeft) {
            damagedHeader.put(0, bytes, header, Bhs.BYTES);
            digest.reset();
        }
        return header;
    }

    /**
     * Tells whether bytes of the next PDU are here already, or may be: nobody has looked behind a
     * data segment that was read past the buffer.
     */
    public boolean hasMore() {
        return end > start || lastReadFull;
    }

    /**
     * Tells whether a larger buffer would save system calls: there was more to read than had room,
     * and of PDUs that a larger one holds several of.
     *
     * @param header as {@link #nextHeader} returned it
     */
    public boolean isCrowded(int header) {
        return lastReadFull
                && bytes.capacity() < CAPACITY_BYTES
                && Bhs.dataBytes(bytes, header) <= CROWDING_DATA_BYTES_MAX;
    }

    /** Tells whether {@link #data} can hold the data segment at once. */
    public boolean dataFits() {
        return Bhs.BYTES + 1020 + 2 * Crc32cDigest.BYTES + dataLeft + paddingLeft
                <= bytes.capacity();
    }

    /**
     * Takes the whole data segment, which must fit ({@link #dataFits}). Header indexes are void
     * afterwards.
     *
     * @return position to limit is the data; direct; valid until the next call of this reader
     */
    public ByteBuffer data() throws IOException {
        int length = dataLeft;
        int padded = length + paddingLeft;
        require(padded + (digestLeft ? Crc32cDigest.BYTES : 0));
        view.limit(start + length).position(start);
        if (digestLeft) {
            digest.add(bytes, start, padded);
        }
        start += padded;
        dataLeft = 0;
        paddingLeft = 0;
        checkData();
        return view;
    }

    /** Takes the digest behind data that were taken. */
    private void checkData() throws IOException {
        if (digestLeft) {
            require(Crc32cDigest.BYTES);
            dataDamaged = bytes.getInt(start) != digest.value();
            start += Crc32cDigest.BYTES;
            digestLeft = false;
        }
    }

    /**
     * Moves the data segment, or as much of it as there is room for, to a buffer; the rest is
     * skipped.
     *
     * @param target filled from its position, at most to its limit
     */
    public void readData(ByteBuffer target) throws IOException {
        int wanted = Math.min(dataLeft, target.remaining());
        if (!target.isDirect()) {
            readThroughBuffer(target, wanted);
            return;
        }
        int buffered = Math.min(wanted, end - start);
        int first = target.position();
        view.limit(start + buffered).position(start);
        target.put(view);
        start += buffered;
        dataLeft -= wanted;
        int limit = target.limit();
        target.limit(target.position() + wanted - buffered);
        while (target.hasRemaining()) {
            if (read(target) < 0) {
                throw new EOFException("closed within a data segment");
            }
        }
        lastReadFull |= wanted > buffered;
        target.limit(limit);
        if (digestLeft) {
            digest.add(target, first, wanted);
        }
        takeRest();
    }

    /** What is left behind data that were taken: more data, padding, the digest of all of it. */
    private void takeRest() throws IOException {
        if (!digestLeft) {
            skipData();
            return;
        }
        int left = dataLeft + paddingLeft;
        while (left > 0) {
            if (end == start && !fillOnce()) {
                throw new EOFException("closed within a data segment");
            }
            int count = Math.min(left, end - start);
            digest.add(bytes, start, count);
            start += count;
            left -= count;
        }
        dataLeft = 0;
        paddingLeft = 0;
        checkData();
    }

    /** The JDK would read into native memory of its own, which it keeps for each thread. */
    private void readThroughBuffer(ByteBuffer target, int wanted) throws IOException {
        int left = wanted;
        while (left > 0) {
            if (end == start && !fillOnce()) {
                throw new EOFException("closed within a data segment");
            }
            int count = Math.min(left, end - start);
            view.limit(start + count).position(start);
            target.put(view);
            if (digestLeft) {
                digest.add(bytes, start, count);
            }
            start += count;
            left -= count;
            dataLeft -= count;
        }
        takeRest();
    }

    /** Throws away what is left of the data segment, its digest unchecked. */
    public void skipData() throws IOException {
        int left = dataLeft + paddingLeft + (digestLeft ? Crc32cDigest.BYTES : 0);
        digestLeft = false;
        while (left > 0) {
            if (end == start && !fillOnce()) {
                throw new EOFException("closed within a data segment");
            }
            int skipped = Math.min(left, end - start);
            start += skipped;
            left -= skipped;
        }
        dataLeft = 0;
        paddingLeft = 0;
    }

    private void require(int count) throws IOException {
        if (start + count > bytes.capacity()) {
            compact();
        }
        while (end - start < count) {
            if (!fillOnce()) {
                throw new EOFException("closed within a PDU");
            }
        }
    }

    private boolean fillOnce() throws IOException {
        if (start == end) {
            start = 0;
            end = 0;
        } else if (end == bytes.capacity()) {
            compact();
        }
        int count = read(bytes.clear().position(end));
        bytes.clear();
        if (count < 0) {
            return false;
        }
        end += count;
        lastReadFull = end == bytes.capacity();
        return true;
    }

    /** Goes to the socket once. */
    private int read(ByteBuffer target) throws IOException {
        BusyPoll looking = poll;
        if (looking == null || !looking.findsBytes()) {
            waiting.beforeWaiting();
        }
        int count = channel.read(target);
        waiting.workBegins();
        if (looking != null) {
            looking.ended();
        }
        return count;
    }

    private void compact() {
        bytes.limit(end).position(start);
        bytes.compact();
        bytes.clear();
        end -= start;
        start = 0;
    }
}
