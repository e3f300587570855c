package org.dbstore.server.scsi.command;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.server.scsi.CommandOutcome.CheckCondition;
import org.dbstore.server.scsi.SenseCode;
import org.dbstore.server.scsi.jscsi.Sense;

/** What the initiator is told of a failure of the engine; the log keeps what the wire loses. */
public final class BackendSense {
    private static final Logger LOG = LogManager.getLogger(BackendSense.class);
    private static final int DATA_PROTECT = 0x7;

    private BackendSense() {}

    /**
     * Reports a failed READ or VERIFY.
     *
     * @param failure from the engine
     */
    public static CheckCondition ofRead(BackendException failure) {
        return report(failure, SenseCode.UNRECOVERED_READ_ERROR);
    }

    /**
     * Reports a failed write, unmap or commit.
     *
     * @param failure from the engine
     */
    public static CheckCondition ofWrite(BackendException failure) {
        return report(failure, SenseCode.WRITE_ERROR);
    }

    private static CheckCondition report(BackendException failure, SenseCode mediumError) {
        SenseCode code =
                switch (failure.error()) {
                    case NO_SPACE -> SenseCode.SPACE_ALLOCATION_FAILED_WRITE_PROTECT;
                    case READ_ONLY -> SenseCode.WRITE_PROTECTED;
                    case IO, FAILED -> mediumError;
                    case CORRUPT, NOT_A_STORE, NOT_FOUND, ALREADY_EXISTS, INVALID, LIMIT, BUSY ->
                            SenseCode.INTERNAL_TARGET_FAILURE;
                };
        boolean lasting = code.key() == DATA_PROTECT || failure.error() == BackendError.FAILED;
        // A full device or a stopped store fails every write of every initiator: the engine has
        // said so once.
        if (lasting) {
            LOG.debug("{}: {}", code, failure.getMessage());
        } else {
            LOG.error("{}: {}", code, failure.getMessage(), failure);
        }
        return Sense.of(code);
    }
}
