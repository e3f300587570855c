package org.dbstore.tools.transfer;

import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

import org.dbstore.backend.ProgressListener;
import org.dbstore.tools.Terminal;

/** A bar on the operator's terminal while something long goes on; nothing where nobody looks. */
public sealed interface ProgressDisplay extends ProgressListener, AutoCloseable {
    /** Ends the display. */
    @Override
    void close();

    /**
     * Begins a display.
     *
     * @param terminal a bar is drawn only if it is interactive
     * @param task what goes on
     * @return to be closed
     */
    static ProgressDisplay begin(Terminal terminal, String task) {
        return terminal.isInteractive() ? new Bar(task) : new Silence();
    }

    /** Shows nothing. */
    record Silence() implements ProgressDisplay {
        @Override
        public void progress(long doneBytes, long totalBytes) {}

        @Override
        public void close() {}
    }

    /** A bar in MiB on standard error. */
    final class Bar implements ProgressDisplay {
        private static final long MIB = 1 << 20;

        private final ProgressBar bar;

        private Bar(String task) {
            bar =
                    new ProgressBarBuilder()
                            .setTaskName(task)
                            .setUnit(" MiB", MIB)
                            .setStyle(ProgressBarStyle.ASCII)
                            .showSpeed()
                            .setConsumer(new ConsoleProgressBarConsumer(System.err))
                            .build();
        }

        @Override
        public void progress(long doneBytes, long totalBytes) {
            bar.maxHint(totalBytes).stepTo(doneBytes);
        }

        @Override
        public void close() {
            bar.close();
        }
    }
}
