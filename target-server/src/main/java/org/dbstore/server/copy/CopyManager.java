package org.dbstore.server.copy;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.Volume;
import org.dbstore.server.scsi.CommandOutcome;
import org.dbstore.server.scsi.CopyLimits;
import org.dbstore.server.scsi.Medium;
import org.dbstore.server.scsi.Nexus;
import org.dbstore.server.scsi.ScsiCommand;
import org.dbstore.server.scsi.ScsiTask;
import org.jspecify.annotations.Nullable;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The copy manager of the server: tokens, and the results that initiators may still ask for. Safe
 * for all threads.
 */
public final class CopyManager {
    /** By which a result is asked for: a list identifier belongs to a nexus. */
    record ListKey(Nexus nexus, Volume unit, long list) {
        ListKey(Nexus nexus, Medium medium, long list) {
            this(nexus, medium.volume(), list);
        }
    }

    private static final class Bounded<V> extends LinkedHashMap<ListKey, V> {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<ListKey, V> eldest) {
            return size() > CopyLimits.RESULTS_MAX;
        }
    }

    private final RodTokens tokens = new RodTokens();
    private final Map<ListKey, ExtendedCopy.Result> copies = new Bounded<>();
    private final Map<ListKey, TokenOperation.Result> operations = new Bounded<>();

    /**
     * Executes a command of third-party copy. Runs in the pool.
     *
     * @param medium the unit it was sent to
     * @param devices what its session sees
     * @throws BackendException if the engine failed
     */
    public CommandOutcome execute(
            ScsiTask task, ScsiCommand command, Medium medium, CopyDevices devices)
            throws BackendException {
        return switch (command) {
            case EXTENDED_COPY_LID1 -> new ExtendedCopy(this, task, medium, devices).execute();
            case RECEIVE_COPY_STATUS_LID1 -> CopyResults.status(this, task, medium);
            case RECEIVE_COPY_OPERATING_PARAMETERS -> CopyResults.operatingParameters(task);
            case POPULATE_TOKEN -> new TokenOperation(this, task, medium, devices).populate();
            case WRITE_USING_TOKEN -> new TokenOperation(this, task, medium, devices).write();
            case RECEIVE_ROD_TOKEN_INFORMATION -> CopyResults.tokenInformation(this, task, medium);
            default -> throw new IllegalArgumentException(command.name());
        };
    }

    RodTokens tokens() {
        return tokens;
    }

    void keep(ListKey key, ExtendedCopy.Result result) {
        synchronized (copies) {
            copies.put(key, result);
        }
    }

    ExtendedCopy.@Nullable Result copy(ListKey key) {
        synchronized (copies) {
            return copies.get(key);
        }
    }

    void keep(ListKey key, TokenOperation.Result result) {
        synchronized (operations) {
            operations.put(key, result);
        }
    }

    TokenOperation.@Nullable Result operation(ListKey key) {
        synchronized (operations) {
            return operations.get(key);
        }
    }
}
