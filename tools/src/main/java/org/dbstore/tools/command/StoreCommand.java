package org.dbstore.tools.command;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.Store;
import org.dbstore.tools.CommandFailure;
import org.dbstore.tools.ExitCode;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.util.concurrent.Callable;

/** A command that opens the device, does one thing and closes it. */
abstract class StoreCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    CommandSpec spec;

    private final boolean readOnly;

    /**
     * Creates the command.
     *
     * @param readOnly true if nothing on the device changes, not even by recovery
     */
    StoreCommand(boolean readOnly) {
        this.readOnly = readOnly;
    }

    /** Does it. */
    abstract void run(Store store) throws BackendException, CommandFailure, IOException;

    /** Tells whether the device is opened without the right to write. */
    boolean opensReadOnly() {
        return readOnly;
    }

    @Override
    public final Integer call() throws BackendException, CommandFailure, IOException {
        try (Store store = dbsctl().open(opensReadOnly())) {
            run(store);
        }
        return ExitCode.OK.number();
    }

    final Dbsctl dbsctl() {
        return (Dbsctl) spec.root().userObject();
    }
}
