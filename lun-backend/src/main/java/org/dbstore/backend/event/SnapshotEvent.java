package org.dbstore.backend.event;

import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** Snapshots were taken, of several volumes at one moment. */
@Name("org.dbstore.Snapshot")
@Label("Snapshot")
@Category("DBS")
@StackTrace(false)
public final class SnapshotEvent extends Event {
    @Label("Device")
    String device = "";

    @Label("Volumes")
    int volumes;

    /**
     * Ends it.
     *
     * @param device its name
     * @param volumes how many
     */
    public void finish(String device, int volumes) {
        end();
        if (shouldCommit()) {
            this.device = device;
            this.volumes = volumes;
            commit();
        }
    }
}
