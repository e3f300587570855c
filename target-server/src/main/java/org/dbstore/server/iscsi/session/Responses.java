package org.dbstore.server.iscsi.session;

import org.dbstore.server.iscsi.pdu.Bhs;
import org.dbstore.server.iscsi.pdu.PduWriter;
import org.dbstore.server.iscsi.pdu.PduWriter.OutPdu;
import org.dbstore.server.iscsi.pdu.PduWriter.StatusNumber;
import org.dbstore.server.scsi.CommandOutcome;
import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;

/** What a target sends for a SCSI command (RFC 7143, sections 11.4, 11.7, 11.8, 11.17). */
final class Responses {
    private static final int OVERFLOW = 0x04;
    private static final int UNDERFLOW = 0x02;
    private static final int STATUS_PRESENT = 0x01;
    private static final int CHECK_CONDITION = 0x02;

    private Responses() {}

    /** Queues what tells the initiator how a task ended. */
    static void send(
            PduWriter writer, NegotiatedParameters parameters, Task task, CommandOutcome outcome) {
        ByteBuffer lent = task.takeLentDataIn();
        switch (outcome) {
            case CommandOutcome.DataIn dataIn -> dataIn(writer, parameters, task, dataIn, lent);
            case CommandOutcome.Good good -> status(writer, task, 0, null, residual(task));
            case CommandOutcome.Status(int code) ->
                    status(writer, task, code, null, -announced(task));
            case CommandOutcome.CheckCondition(byte[] sense) ->
                    status(writer, task, CHECK_CONDITION, sense, -announced(task));
            case CommandOutcome.Deferred deferred ->
                    throw new IllegalStateException("a task cannot end as deferred");
            case CommandOutcome.GoodAhead ahead ->
                    throw new IllegalStateException("the dispatcher runs what is left");
        }
        if (lent != null && !(outcome instanceof CommandOutcome.DataIn)) {
            task.giveBack(lent);
        }
    }

    /** Asks for data-out from the task's position to the end of the sequence. */
    static void readyToTransfer(PduWriter writer, Task task, int number) {
        synchronized (writer) {
            OutPdu pdu = writer.take();
            ByteBuffer head = pdu.head;
            Bhs.begin(head, Bhs.READY_TO_TRANSFER, Bhs.FINAL, 0, task.lun(), task.tag());
            head.putInt(20, task.transferTag);
            head.putInt(36, number);
            head.putInt(40, task.position);
            head.putInt(44, task.sequenceEnd - task.position);
            writer.queue(pdu.ready(), StatusNumber.NEXT, null, null);
        }
    }

    /** Data-In PDUs, the last one with the status (phase collapse). */
    private static void dataIn(
            PduWriter writer,
            NegotiatedParameters parameters,
            Task task,
            CommandOutcome.DataIn outcome,
            @Nullable ByteBuffer lent) {
        ByteBuffer data = outcome.data();
        int length = (int) Math.min(data.remaining(), task.dataInLimitBytes());
        long residual = outcome.lengthBytes() - task.dataInLimitBytes();
        if (length == 0) {
            status(writer, task, 0, null, residual);
            if (lent != null) {
                task.giveBack(lent);
            }
            return;
        }
        data.limit(data.position() + length);
        int segment = parameters.maxRecvDataSegmentLength();
        int burst = parameters.maxBurstLength();
        synchronized (writer) {
            OutPdu pdu = writer.take();
            ByteBuffer head = pdu.head;
            int flags = Bhs.FINAL | STATUS_PRESENT | residualFlag(residual);
            Bhs.begin(head, Bhs.DATA_IN, flags, length, 0, task.tag());
            head.putInt(44, (int) Math.abs(residual));
            pdu.tells(task).ready();
            if (length <= Math.min(segment, burst)) {
                writer.queue(pdu, StatusNumber.OWN, data, lent);
            } else {
                writer.queueDataIn(pdu, data, segment, burst, lent);
            }
        }
    }

    /**
     * A SCSI Response PDU.
     *
     * @param residual bytes by which the command passed what the initiator announced; below 0 if it
     *     used less
     */
    private static void status(
            PduWriter writer, Task task, int status, byte @Nullable [] sense, long residual) {
        synchronized (writer) {
            OutPdu pdu = writer.take();
            ByteBuffer head = pdu.head;
            int flags = Bhs.FINAL | residualFlag(residual);
            int dataBytes = sense == null ? 0 : 2 + sense.length;
            Bhs.begin(head, Bhs.SCSI_RESPONSE, flags, dataBytes, 0, task.tag());
            head.put(3, (byte) status);
            head.putInt(20, 0);
            head.putInt(36, task.readyToTransferCount);
            head.putInt(44, (int) Math.abs(residual));
            pdu.tells(task).ready();
            if (sense != null) {
                head.putShort((short) sense.length).put(sense);
                for (int i = Bhs.padding(dataBytes); i > 0; i--) {
                    head.put((byte) 0);
                }
            }
            writer.queue(pdu, StatusNumber.OWN, null, null);
        }
    }

    /** The residual of a command that went well and has no data-in. */
    private static long residual(Task task) {
        return task.dataOutWanted() > 0
                ? task.dataOutWanted() - task.dataOutOfferedBytes()
                : -announced(task);
    }

    /** What the initiator was ready for: 0 if it announced no data at all. */
    private static long announced(Task task) {
        return task.isRead() || task.isWrite() ? task.expectedDataBytes() : 0;
    }

    private static int residualFlag(long residual) {
        return residual > 0 ? OVERFLOW : residual < 0 ? UNDERFLOW : 0;
    }
}
