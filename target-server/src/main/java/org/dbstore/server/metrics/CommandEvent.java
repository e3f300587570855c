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
    static void emit(SessionMeter.Labels session, MeasuredCommand measured, CommandTimes times) {
        CommandEvent event = new CommandEvent();
        if (event.isEnabled()) {
            event.fill(session, measured, times);
            event.commit();
        }
    }

    private void fill(SessionMeter.Labels session, MeasuredCommand measured, CommandTimes times) {
        ScsiCommand row = ScsiCommand.of(measured.cdb());
        UnitMeter unit = measured.unit;
        command = row == null ? "?" : row.name();
        initiator = session.initiator();
        target = session.target();
        lun = unit == null ? -1 : unit.labels().lun();
        lba = measured.kind == Kind.OTHER || row == null ? -1 : row.lba(measured.cdb());
        bytes = measured.dataBytes;
        status = measured.status;
        total = times.totalNanos;
        receive = times.nanos(Stage.RECEIVE);
        throttle = times.nanos(Stage.THROTTLE);
        queue = times.nanos(Stage.QUEUE);
        engine = times.nanos(Stage.ENGINE);
        durable = times.nanos(Stage.DURABLE);
        send = times.nanos(Stage.SEND);
    }
}
