package org.dbstore.server.iscsi;

import org.dbstore.server.iscsi.session.NegotiatedParameters;
import org.jspecify.annotations.Nullable;

/** Task management functions (RFC 7143, section 11.5.1; from 9 on RFC 7144, section 6.1). */
enum TaskManagementFunction {
    ABORT_TASK(1),
    ABORT_TASK_SET(2),
    CLEAR_ACA(3),
    CLEAR_TASK_SET(4),
    LOGICAL_UNIT_RESET(5),
    TARGET_WARM_RESET(6),
    TARGET_COLD_RESET(7),
    TASK_REASSIGN(8),
    QUERY_TASK(9),
    QUERY_TASK_SET(10),
    NEXUS_RESET(11),
    QUERY_ASYNCHRONOUS_EVENT(12);

    private final int code;

    TaskManagementFunction(int code) {
        this.code = code;
    }

    /** Finds a function by the code on the wire; null if there is none. */
    static @Nullable TaskManagementFunction of(int code) {
        for (TaskManagementFunction function : values()) {
            if (function.code == code) {
                return function;
            }
        }
        return null;
    }

    /** Tells whether it may be used at a level of the protocol. */
    boolean isKnownAt(int protocolLevel) {
        return code < QUERY_TASK.code || protocolLevel >= NegotiatedParameters.LEVEL_RFC_7144;
    }
}
