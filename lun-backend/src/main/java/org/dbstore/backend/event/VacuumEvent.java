package org.dbstore.backend.event;

import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A device was compacted. */
@Name("org.dbstore.Vacuum")
@Label("Vacuum")
@Category("DBS")
@StackTrace(false)
public final class VacuumEvent extends Event {
    @Label("Device")
    String device = "";

    /**
     * Ends it.
     *
     * @param device its name
     */
    public void finish(String device) {
        end();
        if (shouldCommit()) {
            this.device = device;
            commit();
        }
    }
}
