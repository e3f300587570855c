package org.dbstore.server.reservation;

import org.dbstore.backend.BackendException;
import org.dbstore.server.scsi.CommandOutcome;
import org.dbstore.server.scsi.CommandOutcome.Status;
import org.dbstore.server.scsi.Nexus;
import org.dbstore.server.scsi.ScsiCommand;
import org.dbstore.server.scsi.SenseCode;
import org.dbstore.server.scsi.StateStore;
import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * The reservations of one logical unit. Safe for all threads: changes hold the monitor, the check
 * every command passes costs one volatile read while there is nothing.
 *
 * <p>CRH=0 (SPC-4, "Compatible reservation handling"): RESERVE conflicts with registrations, and
 * PERSISTENT RESERVE OUT with RESERVE.
 */
public final class Reservations {
    /** What the reservations need of the unit they belong to. */
    public interface Unit {
        /** Raises a unit attention condition for one nexus. */
        void raise(Nexus nexus, SenseCode condition);

        /** The nexuses that have been established with the unit. */
        Collection<Nexus> knownNexuses();
    }

    /**
     * What a change did.
     *
     * @param refusal null if it was done
     * @param removed nexuses that were preempted
     */
    record Result(@Nullable CommandOutcome refusal, Set<Nexus> removed) {}

    private static final int START_STOP_CONDITION = 0xf0;
    private static final int START = 0x01;
    private static final int PREVENT = 0x03;

    private final StateStore store;
    private final Unit unit;

    /**
     * Held by who takes a reservation or changes registrations, until that is kept, which takes a
     * commit. Who ends one holds the monitor alone: it may be a listener of that commit.
     */
    private final ReentrantLock changing = new ReentrantLock();

    private volatile ReservationState state;

    /** Who has reserved the unit with RESERVE(6) or (10). */
    private volatile @Nullable Nexus reserver;

    /** False while nothing can conflict. */
    private volatile boolean present;

    /**
     * Takes up what was kept.
     *
     * @param store where APTPL keeps it
     * @param unit to which the reservations belong
     * @throws BackendException if the store cannot be read, or what it holds is damaged
     */
    public Reservations(StateStore store, Unit unit) throws BackendException {
        this.store = store;
        this.unit = unit;
        this.state = ReservationCodec.decode(store.load());
        this.present = !state.keys().isEmpty();
    }

    /**
     * Tells whether a command meets a reservation of another nexus (SPC-4 and SBC-3, tables of
     * commands allowed in the presence of various reservations).
     *
     * @param cdb absolute access
     * @return true: RESERVATION CONFLICT
     */
    public boolean conflicts(Nexus nexus, ScsiCommand command, ByteBuffer cdb) {
        if (!present) {
            return false;
        }
        Nexus reservedBy = reserver;
        ScsiCommand.Conflict kind = command.conflict();
        if (reservedBy != null && !reservedBy.equals(nexus)) {
            return kind != ScsiCommand.Conflict.NO_CONFLICT;
        }
        ReservationState now = state;
        if (kind == ScsiCommand.Conflict.OF_RESERVE) {
            return !now.keys().isEmpty();
        }
        ReservationType type = now.type();
        if (type == null
                || now.isHeldBy(nexus)
                || (type.sharesWithRegistered() && now.keys().containsKey(nexus))) {
            return false;
        }
        return switch (kind) {
            case NO_CONFLICT, BY_RESERVE, OF_RESERVE -> false;
            case OF_READ -> !type.sharesReads();
            case OF_WRITE -> true;
            case OF_STOP -> stops(command, cdb);
        };
    }

    /** Starting a unit, or allowing removal, takes nothing from the holder. */
    private static boolean stops(ScsiCommand command, ByteBuffer cdb) {
        int flags = cdb.get(4);
        return command == ScsiCommand.PREVENT_ALLOW_MEDIUM_REMOVAL
                ? (flags & PREVENT) != 0
                : (flags & START_STOP_CONDITION) != 0 || (flags & START) == 0;
    }

    /**
     * Executes RESERVE(6) or (10); the gate has let it through, so nobody else is in the way, or a
     * moment ago was not.
     */
    public CommandOutcome reserve(Nexus nexus) {
        changing.lock();
        try {
            Nexus reservedBy = reserver;
            if ((reservedBy != null && !reservedBy.equals(nexus)) || !state.keys().isEmpty()) {
                return Status.RESERVATION_CONFLICT;
            }
            synchronized (this) {
                reserver = nexus;
                present = true;
            }
            return CommandOutcome.Good.GOOD;
        } finally {
            changing.unlock();
        }
    }

    /** Executes RELEASE(6) or (10): not to hold the unit is no error. */
    public CommandOutcome release(Nexus nexus) {
        endReserve(nexus);
        return CommandOutcome.Good.GOOD;
    }

    /** The nexus is lost: what it reserved by RESERVE is free again. */
    public synchronized void endReserve(Nexus nexus) {
        if (nexus.equals(reserver)) {
            reset();
        }
    }

    /** LOGICAL UNIT RESET ends RESERVE; persistent reservations stay. */
    public synchronized void reset() {
        reserver = null;
        present = !state.keys().isEmpty();
    }

    /** Registrations and reservation as they are. */
    ReservationState state() {
        return state;
    }

    /** Tells whether APTPL can be honoured. */
    boolean canLast() {
        return store.isLasting();
    }

    /** The nexuses that have been established with the unit. */
    List<Nexus> knownNexuses() {
        return List.copyOf(unit.knownNexuses());
    }

    /**
     * Changes the state: works it out, keeps it if it is to last, then lets it take effect.
     *
     * @param nexus that asks
     * @param action tells why it is refused, null if it is not
     * @throws BackendException if it could not be kept: then nothing has changed
     */
    Result change(Nexus nexus, Function<ReservationChange, @Nullable CommandOutcome> action)
            throws BackendException {
        changing.lock();
        try {
            return changeAlone(nexus, action);
        } finally {
            changing.unlock();
        }
    }

    private Result changeAlone(
            Nexus nexus, Function<ReservationChange, @Nullable CommandOutcome> action)
            throws BackendException {
        if (reserver != null) {
            return new Result(Status.RESERVATION_CONFLICT, Set.of());
        }
        var change = new ReservationChange(state, nexus);
        CommandOutcome refusal = action.apply(change);
        if (refusal != null) {
            return new Result(refusal, Set.of());
        }
        ReservationState next = change.result();
        byte[] kept = ReservationCodec.encode(next);
        if (!Arrays.equals(kept, ReservationCodec.encode(state))) {
            store.save(kept);
        }
        synchronized (this) {
            state = next;
            present = !next.keys().isEmpty();
        }
        change.attentions().forEach(unit::raise);
        return new Result(null, change.removed());
    }
}
