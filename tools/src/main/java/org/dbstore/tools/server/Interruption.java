package org.dbstore.tools.server;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Tells a command that waits for a job whether the operator has pressed Ctrl-C. From the first
 * question on, the end of the process waits a little, so that the job can be ended too.
 */
final class Interruption implements BooleanSupplier {
    private static final long PATIENCE_MILLIS = TimeUnit.SECONDS.toMillis(10);

    private @Nullable Thread waiting;
    private volatile boolean interrupted;

    @Override
    public boolean getAsBoolean() {
        if (waiting == null) {
            Thread thread = Thread.currentThread();
            waiting = thread;
            Runtime.getRuntime()
                    .addShutdownHook(Thread.ofPlatform().unstarted(() -> interrupt(thread)));
        }
        return interrupted;
    }

    private void interrupt(Thread thread) {
        interrupted = true;
        try {
            thread.join(PATIENCE_MILLIS);
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts the end of the process", e);
        }
    }
}
