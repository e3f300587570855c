package org.dbstore.tests.durability;

import org.dbstore.tests.support.Cdb;
import org.dbstore.tests.support.Pdu;
import org.dbstore.tests.support.RawInitiator;
import org.dbstore.tests.support.ScsiAnswer;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** One session of a {@link Load}: a connection, driven by one thread, with several commands. */
final class LoadSession implements Runnable {
    /** MaxRecvDataSegmentLength of a target that declares none (RFC 7143). */
    private static final int SEGMENT_BYTES = 8192;

    private static final int READ_FLAG = 0x40;
    private static final int WRITE_FLAG = 0x20;
    private static final int STATUS_FLAG = 0x01;
    private static final int ATTENTIONS_MAX = 4;
    private static final long CROWDED_PAUSE_MILLIS = 1;

    /**
     * A command that did not end in GOOD.
     *
     * @param outcome as {@link ScsiAnswer#outcome}
     */
    record Refused(Operation operation, String outcome) {}

    /** A command under way. */
    private static final class Task {
        final Operation operation;
        final byte[] dataOut;
        final ByteBuffer dataIn;

        Task(Operation operation) {
            this.operation = operation;
            dataOut = operation.dataOut();
            dataIn = ByteBuffer.allocate(operation.dataInBytes());
        }
    }

    private final Load load;
    private final OperationMix mix;
    private final RawInitiator initiator;
    private final Map<Integer, Task> tasks = new HashMap<>();
    private final List<Refused> refused = new CopyOnWriteArrayList<>();
    private volatile @Nullable Throwable failure;

    /** Logs in. */
    LoadSession(Load load, OperationMix mix, InetSocketAddress address, String target, int number)
            throws IOException {
        this.load = load;
        this.mix = mix;
        initiator =
                RawInitiator.connect(address)
                        .isid("40000137%04x".formatted(number + 1))
                        .login(target);
    }

    @Override
    public void run() {
        try (initiator) {
            clearAttentions();
            while (!(load.isEnding() && tasks.isEmpty())) {
                begin();
                if (tasks.isEmpty()) {
                    Thread.sleep(CROWDED_PAUSE_MILLIS);
                } else {
                    receiveAll();
                }
            }
        } catch (IOException e) {
            // The server has gone. What was under way stays without an acknowledgement.
            if (load.isEnding()) {
                failure = e;
            }
        } catch (InterruptedException | RuntimeException | AssertionError e) {
            failure = e;
        }
    }

    /** The first commands of a nexus report unit attentions, one for each unit and condition. */
    private void clearAttentions() throws IOException {
        for (int lun = 0; lun < 2; lun++) {
            for (int i = 0; i < ATTENTIONS_MAX; i++) {
                if (initiator.read(lun, Cdb.testUnitReady(), 0).outcome().equals("GOOD")) {
                    break;
                }
            }
        }
    }

    /** Fills the depth; one fdatasync of the journal for all of it, and for what was answered. */
    private void begin() throws IOException {
        List<Operation> batch = new ArrayList<>();
        while (!load.isEnding() && tasks.size() + batch.size() < load.depth()) {
            Operation operation = load.draw(mix);
            if (operation == null) {
                break;
            }
            if (operation.kind() != Operation.Kind.READ) {
                note(false, operation);
            }
            batch.add(operation);
        }
        load.journal().force();
        for (Operation operation : batch) {
            send(operation);
        }
    }

    private void note(boolean acknowledged, Operation operation) throws IOException {
        long position = load.clock().position();
        load.journal().append(new Journal.Entry(acknowledged, operation, position));
    }

    private void send(Operation operation) throws IOException {
        Task task = new Task(operation);
        int in = operation.dataInBytes();
        int out = task.dataOut.length;
        int flags = in > 0 ? READ_FLAG : out > 0 ? WRITE_FLAG : 0;
        Pdu command =
                initiator.scsiCommand(
                        operation.volume(), operation.cdb(), flags, Math.max(in, out));
        if (out > 0 && out <= SEGMENT_BYTES && operation.number() % 3 != 0) {
            command.data(task.dataOut); // immediate; otherwise the target asks for it
        }
        tasks.put(command.taskTag(), task);
        initiator.send(command);
    }

    private void receiveAll() throws IOException {
        do {
            Pdu pdu = initiator.receive();
            Task task = tasks.get(pdu.taskTag());
            if (task == null) {
                throw new AssertionError("no such task: " + pdu);
            }
            switch (pdu.opcode()) {
                case Pdu.R2T -> sendData(task, pdu);
                case Pdu.DATA_IN -> {
                    task.dataIn.put(pdu.get32(40), pdu.data());
                    if ((pdu.get8(1) & STATUS_FLAG) != 0) {
                        finish(pdu, task);
                    }
                }
                case Pdu.SCSI_RESPONSE -> finish(pdu, task);
                default -> throw new AssertionError("no answer to a command: " + pdu);
            }
        } while (initiator.socket().getInputStream().available() >= Pdu.HEADER_BYTES);
    }

    private void sendData(Task task, Pdu r2t) throws IOException {
        int offset = r2t.get32(40);
        int end = offset + r2t.get32(44);
        for (int dataSn = 0; offset < end; dataSn++) {
            int next = Math.min(end, offset + SEGMENT_BYTES);
            byte[] part = Arrays.copyOfRange(task.dataOut, offset, next);
            initiator.send(
                    initiator
                            .dataOut(
                                    task.operation.volume(),
                                    r2t.get32(20),
                                    dataSn,
                                    offset,
                                    part,
                                    next == end)
                            .taskTag(r2t.taskTag()));
            offset = next;
        }
    }

    private void finish(Pdu pdu, Task task) throws IOException {
        Operation operation = task.operation;
        boolean good = pdu.get8(3) == ScsiAnswer.GOOD;
        tasks.remove(pdu.taskTag());
        if (!good) {
            refused.add(new Refused(operation, outcome(pdu)));
        } else if (operation.kind() == Operation.Kind.READ) {
            checkRead(task);
        } else {
            note(true, operation);
        }
        load.giveBack(operation, good);
    }

    private static String outcome(Pdu pdu) {
        int status = pdu.get8(3);
        if (status != ScsiAnswer.CHECK_CONDITION) {
            return "STATUS %02X".formatted(status);
        }
        byte[] data = pdu.data();
        return "CHECK "
                + ScsiAnswer.senseCode(
                        Arrays.copyOfRange(data, Math.min(2, data.length), data.length));
    }

    private void checkRead(Task task) {
        Operation read = task.operation;
        for (int i = 0; i < read.blocks(); i++) {
            long address = read.lba() + i;
            long expected = load.stamp(read.volume(), (int) address);
            long found = Sectors.operationOf(task.dataIn, i * Sectors.BYTES, address);
            if (found != expected && expected != Load.UNKNOWN) {
                throw new AssertionError(
                        "volume %d, sector %d: reads as %d, written last was %d"
                                .formatted(read.volume(), address, found, expected));
            }
        }
    }

    @Nullable Throwable failure() {
        return failure;
    }

    /** So far. */
    List<Refused> refused() {
        return refused;
    }
}
