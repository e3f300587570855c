package org.dbstore.backend.event;

import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** What waited was made durable. */
@Name("org.dbstore.Commit")
@Label("Commit")
@Category("DBS")
@StackTrace(false)
public final class CommitEvent extends Event {
    @Label("Device")
    String device = "";

    @Label("Changed extents")
    int extents;

    @Label("Waiters")
    int waiters;

    /**
     * Ends it.
     *
     * @param device its name
     * @param extents whose entries changed
     * @param waiters who waited for it
     */
    public void finish(String device, int extents, int waiters) {
        end();
        if (shouldCommit()) {
            this.device = device;
            this.extents = extents;
            this.waiters = waiters;
            commit();
        }
    }
}
