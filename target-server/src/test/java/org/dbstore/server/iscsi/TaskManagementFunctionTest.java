package org.dbstore.server.iscsi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Goal: functions are known by their numbers, the newer ones only where they were agreed on. */
class TaskManagementFunctionTest {
    @Test
    void functionsAreFoundByTheirCode() {
        assertEquals(TaskManagementFunction.ABORT_TASK, TaskManagementFunction.of(1));
        assertEquals(TaskManagementFunction.LOGICAL_UNIT_RESET, TaskManagementFunction.of(5));
        assertEquals(
                TaskManagementFunction.QUERY_ASYNCHRONOUS_EVENT, TaskManagementFunction.of(12));
        assertNull(TaskManagementFunction.of(0));
        assertNull(TaskManagementFunction.of(13));
        assertNull(TaskManagementFunction.of(99));
    }

    @Test
    void theFunctionsOfRfc7144NeedLevel2() {
        assertTrue(TaskManagementFunction.TASK_REASSIGN.isKnownAt(1));
        assertFalse(TaskManagementFunction.QUERY_TASK.isKnownAt(1));
        assertTrue(TaskManagementFunction.QUERY_TASK.isKnownAt(2));
    }
}
