package org.dbstore.backend.event;

import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A device was opened, and what a crash left was put right. */
@Name("org.dbstore.Recovery")
@Label("Opening and recovery")
@Category("DBS")
@StackTrace(false)
public final class RecoveryEvent extends Event {
    @Label("Device")
    String device = "";

    @Label("Findings")
    int findings;

    /**
     * Ends it.
     *
     * @param device its name
     * @param findings how many
     */
    public void finish(String device, int findings) {
        end();
        if (shouldCommit()) {
            this.device = device;
            this.findings = findings;
            commit();
        }
    }
}
