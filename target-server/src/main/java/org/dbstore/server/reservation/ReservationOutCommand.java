package org.dbstore.server.reservation;

import org.dbstore.backend.BackendException;
import org.dbstore.server.scsi.CommandOutcome;
import org.dbstore.server.scsi.Nexus;
import org.dbstore.server.scsi.ScsiCommand;
import org.dbstore.server.scsi.ScsiTask;
import org.dbstore.server.scsi.SenseCode;
import org.dbstore.server.scsi.jscsi.Sense;
import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * PERSISTENT RESERVE OUT (SPC-4).
 *
 * <pre>
 * byte 0..7   RESERVATION KEY
 * byte 8..15  SERVICE ACTION RESERVATION KEY
 * byte 20     SPEC_I_PT, ALL_TG_PT, APTPL
 * byte 24..27 length of the TransportIDs that follow, with SPEC_I_PT
 * </pre>
 *
 * REGISTER AND MOVE has its own form: UNREG and APTPL in byte 17, RELATIVE TARGET PORT IDENTIFIER
 * in 18..19, length of the TransportID in 20..23.
 */
public final class ReservationOutCommand {
    /** Ends the tasks of nexuses that were preempted. */
    @FunctionalInterface
    public interface Aborter {
        /**
         * Aborts them.
         *
         * @param nexuses whose tasks
         * @param whenAborted runs once none of them can change anything any more
         */
        void abort(Set<Nexus> nexuses, Runnable whenAborted);
    }

    private static final int LIST_BYTES = 24;
    private static final int FLAGS = 20;
    private static final int SPEC_I_PT = 0x08;
    private static final int ALL_TG_PT = 0x04;
    private static final int APTPL = 0x01;
    private static final int MOVE_FLAGS = 17;
    private static final int UNREG = 0x02;
    private static final int TRANSPORT_IDS = 28;

    private final ScsiTask task;
    private final Reservations reservations;
    private final Collection<Integer> portTags;
    private final Nexus nexus;
    private final ByteBuffer list;

    private ReservationOutCommand(
            ScsiTask task, Reservations reservations, Collection<Integer> portTags) {
        this.task = task;
        this.reservations = reservations;
        this.portTags = portTags;
        this.nexus = task.nexus();
        this.list = task.dataOut().slice();
    }

    /**
     * Executes a service action.
     *
     * @param command which
     * @param portTags portal group tags of the target's ports, which are also their relative target
     *     port identifiers
     * @param aborter for PREEMPT AND ABORT
     * @throws BackendException if registrations that are to last could not be kept
     */
    public static CommandOutcome execute(
            ScsiTask task,
            ScsiCommand command,
            Reservations reservations,
            Collection<Integer> portTags,
            Aborter aborter)
            throws BackendException {
        var out = new ReservationOutCommand(task, reservations, portTags);
        if (command == ScsiCommand.PERSISTENT_RESERVE_OUT_REGISTER_AND_MOVE) {
            return ending(out.move());
        }
        CommandOutcome refusal = out.checkLength(command);
        if (refusal != null) {
            return refusal;
        }
        return switch (command) {
            case PERSISTENT_RESERVE_OUT_REGISTER -> ending(out.register(out.key()));
            case PERSISTENT_RESERVE_OUT_REGISTER_AND_IGNORE_EXISTING_KEY ->
                    ending(out.register(null));
            case PERSISTENT_RESERVE_OUT_CLEAR ->
                    ending(reservations.change(out.nexus, change -> change.clear(out.key())));
            default -> out.withType(command, aborter);
        };
    }

    private static CommandOutcome ending(Reservations.Result result) {
        return result.refusal() == null ? CommandOutcome.Good.GOOD : result.refusal();
    }

    private static Reservations.Result refused(CommandOutcome outcome) {
        return new Reservations.Result(outcome, Set.of());
    }

    private @Nullable CommandOutcome checkLength(ScsiCommand command) {
        long announced = command.length(task.cdb());
        if (announced < LIST_BYTES || list.capacity() < announced) {
            return Sense.of(SenseCode.PARAMETER_LIST_LENGTH_ERROR);
        }
        boolean mayName = command == ScsiCommand.PERSISTENT_RESERVE_OUT_REGISTER;
        if (has(FLAGS, SPEC_I_PT)) {
            return mayName ? null : Sense.invalidParameter(FLAGS);
        }
        return announced == LIST_BYTES ? null : Sense.of(SenseCode.PARAMETER_LIST_LENGTH_ERROR);
    }

    private boolean has(int position, int flag) {
        return (list.get(position) & flag) != 0;
    }

    private long key() {
        return list.getLong(0);
    }

    private long serviceActionKey() {
        return list.getLong(8);
    }

    /** RESERVE, RELEASE, PREEMPT, PREEMPT AND ABORT: those that evaluate SCOPE and TYPE. */
    private CommandOutcome withType(ScsiCommand command, Aborter aborter) throws BackendException {
        int scopeAndType = Byte.toUnsignedInt(task.cdb().get(2));
        ReservationType type = ReservationType.of(scopeAndType & 0x0f);
        if (scopeAndType >>> 4 != 0) {
            return Sense.invalidCdbField(2, 7);
        }
        if (type == null) {
            return Sense.invalidCdbField(2, 3);
        }
        return switch (command) {
            case PERSISTENT_RESERVE_OUT_RESERVE ->
                    ending(reservations.change(nexus, change -> change.reserve(key(), type)));
            case PERSISTENT_RESERVE_OUT_RELEASE ->
                    ending(reservations.change(nexus, change -> change.release(key(), type)));
            case PERSISTENT_RESERVE_OUT_PREEMPT -> ending(preempt(type));
            case PERSISTENT_RESERVE_OUT_PREEMPT_AND_ABORT -> {
                Reservations.Result result = preempt(type);
                if (result.refusal() != null) {
                    yield result.refusal();
                }
                aborter.abort(result.removed(), () -> task.complete(CommandOutcome.Good.GOOD));
                yield CommandOutcome.Deferred.DEFERRED;
            }
            default -> throw new IllegalArgumentException(command.name());
        };
    }

    private Reservations.Result preempt(ReservationType type) throws BackendException {
        return reservations.change(
                nexus, change -> change.preempt(key(), serviceActionKey(), type));
    }

    /**
     * REGISTER and its like.
     *
     * @param expected null if the existing key is ignored
     */
    private Reservations.Result register(@Nullable Long expected) throws BackendException {
        boolean aptpl = has(FLAGS, APTPL);
        if (aptpl && !reservations.canLast()) {
            return refused(Sense.invalidParameter(FLAGS));
        }
        Set<Nexus> who = new LinkedHashSet<>();
        who.add(nexus);
        if (has(FLAGS, ALL_TG_PT)) {
            who.addAll(everyPort(nexus.initiatorName(), nexus.isid()));
        }
        if (has(FLAGS, SPEC_I_PT)) {
            boolean registered = reservations.state().keys().containsKey(nexus);
            CommandOutcome wrong = registered ? Sense.invalidParameter(FLAGS) : addNamed(who);
            if (wrong != null) {
                return refused(wrong);
            }
        }
        return reservations.change(
                nexus, change -> change.register(expected, serviceActionKey(), who, aptpl));
    }

    private Set<Nexus> everyPort(String initiatorName, long isid) {
        Set<Nexus> all = new LinkedHashSet<>();
        for (int tag : portTags) {
            all.add(new Nexus(initiatorName, isid, nexus.targetName(), tag));
        }
        return all;
    }

    /** Adds the initiator ports of the TransportIDs (SPEC_I_PT). */
    private @Nullable CommandOutcome addNamed(Set<Nexus> who) {
        if (list.capacity() < TRANSPORT_IDS
                || Integer.toUnsignedLong(list.getInt(LIST_BYTES))
                        != list.capacity() - TRANSPORT_IDS) {
            return Sense.of(SenseCode.PARAMETER_LIST_LENGTH_ERROR);
        }
        int at = TRANSPORT_IDS;
        while (at < list.capacity()) {
            TransportId id = TransportId.parse(list, at, list.capacity());
            Set<Nexus> named = id == null ? Set.of() : named(id);
            if (id == null || named.isEmpty()) {
                return Sense.invalidParameter(at);
            }
            who.addAll(named);
            at += id.lengthBytes();
        }
        return null;
    }

    private Set<Nexus> named(TransportId id) {
        Set<Nexus> ports = new LinkedHashSet<>();
        Long isid = id.isid();
        if (isid != null) {
            ports.add(withInitiator(id.initiatorName(), isid));
        } else {
            // Without ISID: each initiator port of that name that the target knows.
            for (Nexus known : reservations.knownNexuses()) {
                if (known.initiatorName().equals(id.initiatorName())) {
                    ports.add(withInitiator(id.initiatorName(), known.isid()));
                }
            }
        }
        if (has(FLAGS, ALL_TG_PT)) {
            for (Nexus port : Set.copyOf(ports)) {
                ports.addAll(everyPort(port.initiatorName(), port.isid()));
            }
        }
        return ports;
    }

    private Nexus withInitiator(String name, long isid) {
        return new Nexus(name, isid, nexus.targetName(), nexus.portalGroupTag());
    }

    private Reservations.Result move() throws BackendException {
        if (list.capacity() < LIST_BYTES) {
            return refused(Sense.of(SenseCode.PARAMETER_LIST_LENGTH_ERROR));
        }
        boolean aptpl = has(MOVE_FLAGS, APTPL);
        if (aptpl && !reservations.canLast()) {
            return refused(Sense.invalidParameter(MOVE_FLAGS));
        }
        int tag = Short.toUnsignedInt(list.getShort(18));
        long idBytes = Integer.toUnsignedLong(list.getInt(20));
        if (idBytes != list.capacity() - LIST_BYTES) {
            return refused(Sense.of(SenseCode.PARAMETER_LIST_LENGTH_ERROR));
        }
        if (!portTags.contains(tag)) {
            return refused(Sense.invalidParameter(18));
        }
        TransportId id = TransportId.parse(list, LIST_BYTES, list.capacity());
        Long isid = id == null ? null : id.isid();
        if (id == null || isid == null) {
            return refused(Sense.invalidParameter(LIST_BYTES));
        }
        Nexus to = new Nexus(id.initiatorName(), isid, nexus.targetName(), tag);
        boolean unregister = has(MOVE_FLAGS, UNREG);
        return reservations.change(
                nexus, change -> change.move(key(), serviceActionKey(), to, unregister, aptpl));
    }
}
