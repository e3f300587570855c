package org.dbstore.backend.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.backend.BackendException;
import org.junit.jupiter.api.Test;

import java.util.List;

/** Goal: whichever operation of the device fails, no answer is a lie. */
class FaultTest {
    private static final int THREADS = Runtime.getRuntime().availableProcessors();
    private static final int OPERATIONS = 2_000;

    @Test
    void noFailedOperationOfTheDeviceLeadsToAFalseAnswer() throws BackendException {
        // At each operation a plain error and one other fault in turn; bin/crash-test tries all.
        FaultSweep sweep =
                new FaultSweep(
                        1,
                        OPERATIONS,
                        operation ->
                                List.of(
                                        FaultRun.Fault.ERROR_ONCE,
                                        FaultRun.Fault.REAL.get(1 + operation % 4)));
        sweep.run(THREADS);
        assertEquals("", String.join("\n", sweep.failures()));
        assertTrue(sweep.cases() > OPERATIONS, sweep.cases() + " cases");
    }

    @Test
    void aForceThatDoesNothingIsFoundOut() throws BackendException {
        FaultSweep sweep =
                new FaultSweep(1, 300, operation -> List.of(FaultRun.Fault.LIE_FOR_EVER));
        sweep.run(THREADS);
        assertFalse(sweep.failures().isEmpty());
    }
}
