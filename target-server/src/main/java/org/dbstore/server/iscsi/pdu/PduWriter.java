package org.dbstore.server.iscsi.pdu;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;

/**
 * Sends a connection's PDUs in the order in which they were queued, all that are ready in one
 * gathering write. Any thread may queue. The connection's own thread sends before it waits for the
 * socket; for answers that come while it waits there is a thread that only sends, started when
 * first needed, so that whoever completes a task is never held up by a slow initiator.
 */
public final class PduWriter implements PduReader.Waiting {
    /** How far answers may pile up before no more commands are taken. */
    public static final int QUEUED_BYTES_MAX = 4 << 20;

    /**
     * Bytes of one gathering write: a slow initiator takes so much in less time than the watchdog
     * grants for any progress.
     */
    private static final int WRITE_BYTES_MAX = 1 << 20;

    /** PDUs of one gathering write; two buffers each stay below the kernel's 1024. */
    private static final int BATCH_PDUS = 256;

    private static final int SPARE_PDUS = 512;

    /** Behind a header: the longest sense data with its length, or a rejected header; digests. */
    private static final int INLINE_BYTES = 272;

    private static final ByteBuffer PADDING = ByteBuffer.allocateDirect(4).asReadOnlyBuffer();

    /** How the StatSN field of a PDU is filled (RFC 7143, section 4.2.2.2). */
    public enum StatusNumber {
        /** Not at all: Data-In without status. */
        NONE,
        /** With the number that the next status will have: R2T, NOP-In that asks. */
        NEXT,
        /** With a number of its own. */
        OWN
    }

    /** Where the numbers come from that tell the initiator which commands it may send. */
    public interface Window {
        /** ExpCmdSN. */
        int expected();

        /** MaxCmdSN; never goes back. */
        int maximum();
    }

    /** Hears when a PDU is in the socket. */
    @FunctionalInterface
    public interface SentListener {
        /**
         * It is, or never will be. Called with the writer's monitor held.
         *
         * @param nanos System.nanoTime of that moment
         */
        void sent(long nanos);
    }

    /** A PDU on its way out. */
    public static final class OutPdu {
        /** Header, and behind it what is too small for a buffer of its own (sense data). */
        public final ByteBuffer head = ByteBuffer.allocateDirect(Bhs.BYTES + INLINE_BYTES);

        private @Nullable ByteBuffer data;
        private @Nullable ByteBuffer lent;
        private @Nullable SentListener listener;

        /** Padding and digest of the data, from the first use on. */
        private @Nullable ByteBuffer trailer;

        private boolean headerDigest;
        private boolean dataDigest;
        private int bytes;

        // Data-In that is cut into PDUs as they are sent; 0 = one PDU, as it is.
        private int segmentBytes;
        private int burstBytes;
        private int burstLeft;
        private int nextNumber;
        private int offset;

        /** The header is filled: what is put from now on goes behind it, and behind its digest. */
        public OutPdu ready() {
            head.position(headBytes());
            return this;
        }

        /** Who hears that it has been sent; of a sequence of PDUs the last. */
        public OutPdu tells(SentListener whenSent) {
            listener = whenSent;
            return this;
        }

        private void tellSent(long nanos) {
            if (listener != null) {
                listener.sent(nanos);
            }
        }

        private int headBytes() {
            return Bhs.BYTES + (headerDigest ? Crc32cDigest.BYTES : 0);
        }

        /** Puts in the digests, all else being final. */
        private void sign(Crc32cDigest crc) {
            if (headerDigest) {
                head.putInt(Bhs.BYTES, crc.reset().add(head, 0, Bhs.BYTES).value());
            }
            if (!dataDigest) {
                return;
            }
            ByteBuffer separate = data;
            if (separate == null) {
                int from = headBytes();
                int to = head.limit() - Crc32cDigest.BYTES;
                if (to > from) {
                    head.putInt(to, crc.reset().add(head, from, to - from).value());
                }
                return;
            }
            ByteBuffer end = trailer;
            if (end == null) {
                end = ByteBuffer.allocateDirect(3 + Crc32cDigest.BYTES);
                trailer = end;
            }
            int padding = Bhs.padding(separate.remaining());
            end.clear().putInt(0, 0);
            crc.reset().add(separate, separate.position(), separate.remaining());
            end.putInt(padding, crc.add(end, 0, padding).value());
            end.limit(padding + Crc32cDigest.BYTES);
        }

        void clear() {
            data = null;
            lent = null;
            listener = null;
            segmentBytes = 0;
            head.clear();
        }
    }

    private final SocketChannel channel;
    private final Buffers pool;
    private final Runnable onFailure;
    private final String name;

    private final ArrayDeque<OutPdu> queue = new ArrayDeque<>();
    private final ArrayDeque<OutPdu> spare = new ArrayDeque<>();
    // They grow with what is sent at once: there may be thousands of idle sessions.
    private OutPdu[] batch = new OutPdu[4];
    private ByteBuffer[] batchBuffers = new ByteBuffer[3 * 4];
    private volatile long queuedBytes; // written under the monitor
    private boolean writing;
    private boolean closed;
    private @Nullable Window window;
    private int statusSequenceNumber = 1;
    private boolean headerDigests;
    private boolean dataDigests;

    /** Used by the thread that writes. */
    private final Crc32cDigest crc = new Crc32cDigest();

    private @Nullable Thread sender;

    /** True while the connection's thread is, or soon will be, waiting for the socket. */
    private volatile boolean readerWaits;

    /** When the write in progress began (System.nanoTime), 0 = none. */
    private volatile long writeBeganNanos;

    /**
     * Creates a writer.
     *
     * @param channel in blocking mode
     * @param pool to which lent buffers go back
     * @param name of the connection, for its threads
     * @param onFailure called by the sending thread when the connection is lost
     */
    public PduWriter(SocketChannel channel, Buffers pool, String name, Runnable onFailure) {
        this.channel = channel;
        this.pool = pool;
        this.name = name;
        this.onFailure = onFailure;
    }

    /** Tells where ExpCmdSN and MaxCmdSN come from; before the first PDU. */
    public synchronized void open(Window commandWindow) {
        this.window = commandWindow;
    }

    /** Takes a PDU to fill; it goes back with {@link #queue}. */
    public synchronized OutPdu take() {
        OutPdu spared = spare.pollLast();
        OutPdu pdu = spared == null ? new OutPdu() : spared;
        pdu.headerDigest = headerDigests;
        pdu.dataDigest = dataDigests;
        return pdu;
    }

    /** PDUs taken from now on carry digests of their headers, or of their data. */
    public synchronized void addDigests(boolean ofHeaders, boolean ofData) {
        headerDigests = ofHeaders;
        dataDigests = ofData;
    }

    /**
     * Queues a PDU whose header is at index 0 of its head; stamps the sequence numbers. Callers
     * that queue several PDUs of one task hold this object's monitor meanwhile.
     *
     * @param pdu head from 0 to its position is sent; the data length field of the header tells how
     *     much padding follows
     * @param data sent after the head, position to limit; null for none
     * @param lent buffer to give back to the pool when the PDU is sent; null for none
     */
    public synchronized void queue(
            OutPdu pdu, StatusNumber number, @Nullable ByteBuffer data, @Nullable ByteBuffer lent) {
        if (closed) {
            giveBack(lent);
            pdu.tellSent(System.nanoTime());
            return;
        }
        ByteBuffer head = pdu.head;
        if (number != StatusNumber.NONE) {
            head.putInt(24, statusSequenceNumber);
            if (number == StatusNumber.OWN) {
                statusSequenceNumber++;
            }
        }
        stampWindow(head);
        if (pdu.dataDigest && data == null && head.position() > pdu.headBytes()) {
            head.position(head.position() + Crc32cDigest.BYTES);
        }
        head.flip();
        pdu.data = data;
        pdu.lent = lent;
        pdu.bytes = head.remaining() + (data == null ? 0 : data.remaining());
        queuedBytes += pdu.bytes;
        queue.addLast(pdu);
        if (readerWaits) {
            wakeSender();
        }
    }

    private void stampWindow(ByteBuffer head) {
        Window commandWindow = window;
        if (commandWindow != null) {
            head.putInt(28, commandWindow.expected());
            head.putInt(32, commandWindow.maximum());
        }
    }

    /**
     * Queues the Data-In of a command that takes several PDUs. They are made when they are sent: a
     * small MaxRecvDataSegmentLength does not multiply the memory that waits here.
     *
     * @param pdu header of the last PDU, with the status, but for length, DataSN and offset
     * @param data position to limit
     * @param segmentBytes most data of one PDU
     * @param burstBytes most data up to a FINAL bit
     * @param lent as {@link #queue}
     */
    public synchronized void queueDataIn(
            OutPdu pdu,
            ByteBuffer data,
            int segmentBytes,
            int burstBytes,
            @Nullable ByteBuffer lent) {
        pdu.segmentBytes = segmentBytes;
        pdu.burstBytes = burstBytes;
        pdu.burstLeft = burstBytes;
        pdu.nextNumber = 0;
        pdu.offset = 0;
        queue(pdu, StatusNumber.OWN, data, lent);
    }

    /** The next PDU of a sequence of Data-In, which is the sequence itself if it is the last. */
    private OutPdu nextOf(OutPdu sequence) {
        ByteBuffer data = sequence.data;
        if (sequence.segmentBytes == 0 || data == null) {
            return queue.removeFirst();
        }
        int count = Math.min(Math.min(sequence.segmentBytes, sequence.burstLeft), data.remaining());
        boolean last = count == data.remaining();
        OutPdu pdu = last ? queue.removeFirst() : take();
        if (!last) {
            sequence.burstLeft -= count;
            boolean burstEnds = sequence.burstLeft == 0;
            if (burstEnds) {
                sequence.burstLeft = sequence.burstBytes;
            }
            int tag = Bhs.initiatorTaskTag(sequence.head, 0);
            Bhs.begin(pdu.head, Bhs.DATA_IN, burstEnds ? Bhs.FINAL : 0, count, 0, tag);
            pdu.ready().head.flip();
            pdu.data = data.slice(data.position(), count);
            pdu.bytes = count;
            data.position(data.position() + count);
            sequence.bytes -= count;
        }
        stampWindow(pdu.head);
        pdu.head.putInt(4, count);
        pdu.head.putInt(36, sequence.nextNumber++);
        pdu.head.putInt(40, sequence.offset);
        sequence.offset += count;
        return pdu;
    }

    /**
     * Queues a PDU that was rendered elsewhere.
     *
     * @param rendered header and padded data segment, position to limit
     */
    public void queueRendered(ByteBuffer rendered, StatusNumber number) {
        int dataAt = rendered.position() + Bhs.BYTES;
        ByteBuffer data = null;
        ByteBuffer lent = null;
        if (dataAt < rendered.limit()) {
            data = rendered.slice(dataAt, rendered.limit() - dataAt);
            // Else the JDK would send it from native memory of its own, which each thread keeps.
            lent = pool.tryTake(data.remaining());
            data = lent == null ? data : lent.put(data).flip();
        }
        synchronized (this) {
            OutPdu pdu = take();
            pdu.head.put(rendered.slice(rendered.position(), Bhs.BYTES));
            queue(pdu.ready(), number, data, lent);
        }
    }

    /**
     * Queues a Reject PDU (RFC 7143, section 11.17), whose data is the header that is rejected.
     *
     * @param rejected 48 bytes from index 0
     */
    public synchronized void reject(RejectReason reason, ByteBuffer rejected) {
        OutPdu pdu = take();
        Bhs.begin(pdu.head, Bhs.REJECT, Bhs.FINAL, Bhs.BYTES, 0, Bhs.RESERVED_TAG);
        pdu.head.put(2, (byte) reason.code());
        pdu.head.putInt(20, 0);
        pdu.ready().head.put(rejected.duplicate().clear());
        queue(pdu, StatusNumber.OWN, null, null);
    }

    /**
     * Queues an Asynchronous Message (RFC 7143, section 11.9).
     *
     * @param event AsyncEvent
     * @param lun as on the wire, 0 unless a SCSI event
     * @param parameter2 as the event says, 0..65535
     * @param parameter3 as the event says, 0..65535
     * @param sense of a SCSI event, at most 252 bytes; else empty
     */
    public synchronized void asynchronousMessage(
            int event, long lun, int parameter2, int parameter3, byte[] sense) {
        OutPdu pdu = take();
        ByteBuffer head = pdu.head;
        int dataBytes = sense.length == 0 ? 0 : 2 + sense.length;
        Bhs.begin(head, Bhs.ASYNCHRONOUS_MESSAGE, Bhs.FINAL, dataBytes, lun, Bhs.RESERVED_TAG);
        head.putInt(20, 0);
        head.put(36, (byte) event);
        head.putShort(40, (short) parameter2);
        head.putShort(42, (short) parameter3);
        pdu.ready();
        if (dataBytes > 0) {
            head.putShort((short) sense.length).put(sense);
            for (int i = Bhs.padding(dataBytes); i > 0; i--) {
                head.put((byte) 0);
            }
        }
        queue(pdu, StatusNumber.OWN, null, null);
    }

    /** What the connection's thread calls while it looks for bytes: sends what is queued. */
    void sendQueued() throws IOException {
        if (queuedBytes > 0) {
            flush();
        }
    }

    /** What the connection's thread calls before it goes to the socket: sends what is queued. */
    @Override
    public void beforeWaiting() throws IOException {
        readerWaits = true;
        flush();
    }

    /** What the connection's thread calls when it has bytes to work on. */
    @Override
    public void workBegins() {
        readerWaits = false;
    }

    /**
     * Waits while too much is queued: what the connection's thread calls before it takes another
     * command, so that an initiator who does not read is not served on and on.
     *
     * @throws IOException if the connection is lost
     */
    public void awaitRoom() throws IOException {
        if (queuedBytes > QUEUED_BYTES_MAX) {
            flush();
        }
    }

    /**
     * Sends what is queued, unless another thread is about to. Waits while too much is queued.
     *
     * @throws IOException if the connection is lost
     */
    public void flush() throws IOException {
        while (true) {
            int pdus;
            synchronized (this) {
                if (closed) {
                    throw new ClosedChannelException();
                }
                if (writing) {
                    if (queuedBytes > QUEUED_BYTES_MAX && !isSender()) {
                        awaitSender();
                        continue;
                    }
                    return;
                }
                pdus = takeBatch();
                if (pdus == 0) {
                    return;
                }
                writing = true;
            }
            try {
                write(pdus);
            } finally {
                endBatch(pdus);
            }
        }
    }

    /**
     * Returns when everything that is queued has been sent, by whichever thread.
     *
     * @throws IOException if the connection is lost
     */
    public void drain() throws IOException {
        while (!isIdle()) {
            flush();
            awaitEndOfWrite();
        }
    }

    /** Tells whether nothing is queued or being sent. */
    public synchronized boolean isIdle() {
        return queue.isEmpty() && !writing;
    }

    /** Tells how long the write in progress has been stuck. */
    public long stuckNanos(long nowNanos) {
        long began = writeBeganNanos;
        return began == 0 ? 0 : nowNanos - began;
    }

    /** Gives up what is queued; the socket is closed or about to be. */
    public void close() {
        synchronized (this) {
            closed = true;
            // What is being sent may be parts of a buffer that a PDU still queued gives back.
            if (!writing) {
                discardQueue();
            }
            notifyAll();
            if (sender != null) {
                LockSupport.unpark(sender);
            }
        }
    }

    private void discardQueue() {
        long now = System.nanoTime();
        for (OutPdu pdu : queue) {
            giveBack(pdu.lent);
            pdu.tellSent(now);
        }
        queue.clear();
    }

    private boolean isSender() {
        Thread thread = sender;
        return thread != null && thread.equals(Thread.currentThread());
    }

    private int takeBatch() {
        int pdus = 0;
        while (pdus < BATCH_PDUS && !queue.isEmpty()) {
            if (pdus == batch.length) {
                batch = Arrays.copyOf(batch, Math.min(2 * pdus, BATCH_PDUS));
                batchBuffers = new ByteBuffer[3 * batch.length];
            }
            batch[pdus++] = nextOf(queue.getFirst());
        }
        return pdus;
    }

    private void write(int pdus) throws IOException {
        int count = 0;
        long left = 0;
        for (int i = 0; i < pdus; i++) {
            OutPdu pdu = batch[i];
            if (pdu.headerDigest || pdu.dataDigest) {
                pdu.sign(crc);
            }
            batchBuffers[count++] = pdu.head;
            left += pdu.head.remaining();
            ByteBuffer data = pdu.data;
            ByteBuffer trailer = pdu.trailer;
            if (data != null && pdu.dataDigest && trailer != null) {
                batchBuffers[count++] = data;
                batchBuffers[count++] = trailer;
                left += data.remaining() + trailer.remaining();
            } else if (data != null) {
                int padding = Bhs.padding(data.remaining());
                batchBuffers[count++] = data;
                left += data.remaining() + padding;
                if (padding > 0) {
                    batchBuffers[count++] = PADDING.slice(0, padding);
                }
            }
        }
        int first = 0;
        while (left > 0) {
            left -= writeSome(first, count);
            while (first < count && !batchBuffers[first].hasRemaining()) {
                first++;
            }
        }
        writeBeganNanos = 0;
    }

    /** Writes at most {@link #WRITE_BYTES_MAX}, as a whole or in part. */
    private long writeSome(int first, int count) throws IOException {
        int end = first;
        long bytes = 0;
        while (end < count && bytes < WRITE_BYTES_MAX) {
            bytes += batchBuffers[end++].remaining();
        }
        ByteBuffer last = batchBuffers[end - 1];
        int limit = last.limit();
        last.limit(limit - (int) Math.max(0, bytes - WRITE_BYTES_MAX));
        writeBeganNanos = System.nanoTime() | 1;
        long written = channel.write(batchBuffers, first, end - first);
        last.limit(limit);
        return written;
    }

    private synchronized void endBatch(int pdus) {
        writing = false;
        long now = System.nanoTime();
        for (int i = 0; i < pdus; i++) {
            OutPdu pdu = batch[i];
            queuedBytes -= pdu.bytes;
            giveBack(pdu.lent);
            pdu.tellSent(now);
            pdu.clear();
            if (spare.size() < SPARE_PDUS) {
                spare.addLast(pdu);
            }
        }
        Arrays.fill(batchBuffers, null);
        if (closed) {
            discardQueue();
        }
        notifyAll();
    }

    private void giveBack(@Nullable ByteBuffer lent) {
        if (lent != null) {
            pool.giveBack(lent);
        }
    }

    private synchronized void awaitSender() throws IOException {
        while (writing && queuedBytes > QUEUED_BYTES_MAX && !closed) {
            try {
                wait();
            } catch (InterruptedException e) {
                throw new IOException("nobody interrupts a connection's thread", e);
            }
        }
    }

    private synchronized void awaitEndOfWrite() throws IOException {
        while (writing && !closed) {
            try {
                wait();
            } catch (InterruptedException e) {
                throw new IOException("nobody interrupts a connection's thread", e);
            }
        }
    }

    private void wakeSender() {
        Thread thread = sender;
        if (thread == null) {
            thread = Thread.ofPlatform().daemon().name(name + "-sender").unstarted(this::send);
            sender = thread;
            thread.start();
        } else {
            LockSupport.unpark(thread);
        }
    }

    private void send() {
        try {
            while (true) {
                flush();
                synchronized (this) {
                    if (closed) {
                        return;
                    }
                    if (!queue.isEmpty() && !writing) {
                        continue;
                    }
                }
                LockSupport.park(this);
            }
        } catch (IOException e) {
            onFailure.run();
        }
    }
}
