package org.dbstore.tests.support;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

/** Goal: what is missing is skipped by name, and in CI it fails. */
class RequirementsTest {
    @Test
    void aMissingProgramIsNamed() {
        Throwable thrown =
                assertThrows(Throwable.class, () -> Requirements.programs("sh", "no-such-program"));
        boolean required = Boolean.getBoolean("dbs.tests.required");
        assertEquals(
                required ? AssertionFailedError.class : TestAbortedException.class,
                thrown.getClass());
        String message = String.valueOf(thrown.getMessage());
        assertTrue(message.contains("lacks no-such-program"), message);
    }

    @Test
    void whatIsThereIsEnough() {
        assertDoesNotThrow(() -> Requirements.programs("sh"));
    }
}
