package org.dbstore.server.metrics;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

import org.dbstore.server.scsi.ScsiCommand;

/** A command that has been answered, in a flight recording. Costs nothing while none is made. */
@Name("org.dbstore.Command")
@Label("SCSI command")
@Description("A command, when its answer has been sent")
@Category("DBS")
@StackTrace(false)
final class CommandEvent extends Event {
    @Label("Command")
    String command = "";

    @Label("Initiator")
    String initiator = "";

    @Label("Target")
    String target = "";

    @Label("LUN")
    int lun;

    @Label("LBA")
    long lba;

    @Label("Data")
    @DataAmount
    long bytes;

    @Label("Status")
    int status;

    @Label("Total")
    @Timespan
    long total;

    @Label("Receive")
    @Timespan
    long receive;

    @Label("Throttle")
    @Timespan
    long throttle;

    @Label("Queue")
    @Timespan
    long queue;

    @Label("Engine")
    @Timespan
    long engine;

    @Label("Durable")
    @Timespan
    long durable;

    @Label("Send")
    @Timespan
    long send;

    /** Tells of a command, if anybody wants to know. */
    static void emit(SessionMeter.Labels session, MeasuredCommand measured, long sentNanos) {
        CommandEvent event = new CommandEvent();
        if (event.isEnabled()) {
            event.fill(session, measured, sentNanos);
            event.commit();
        }
    }

    private void fill(SessionMeter.Labels session, MeasuredCommand measured, long sentNanos) {
        ScsiCommand row = ScsiCommand.of(measured.cdb());
        UnitMeter unit = measured.unit;
        command = row == null ? "?" : row.name();
        initiator = session.initiator();
        target = session.target();
        lun = unit == null ? -1 : unit.labels().lun();
        lba = measured.kind == Kind.OTHER || row == null ? -1 : row.lba(measured.cdb());
        bytes = measured.dataBytes;
        status = measured.status;
        total = measured.totalNanos(sentNanos);
        receive = measured.nanos(Stage.RECEIVE, sentNanos);
        throttle = measured.nanos(Stage.THROTTLE, sentNanos);
        queue = measured.nanos(Stage.QUEUE, sentNanos);
        engine = measured.nanos(Stage.ENGINE, sentNanos);
        durable = measured.nanos(Stage.DURABLE, sentNanos);
        send = measured.nanos(Stage.SEND, sentNanos);
    }
}
