package org.dbstore.server.admin.resource;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.server.admin.Jobs;
import org.dbstore.server.admin.api.Requests.NewClone;
import org.dbstore.server.admin.http.Answer;

/**
 * Makes volumes of layers: at once if they are linked, else by a job.
 *
 * @param jobs run the copies
 * @param device name of the device
 * @param store the device
 */
record Cloning(Jobs jobs, String device, BlockStore store) {
    Answer run(int layerId, NewClone wanted) throws BackendException {
        if (wanted.linked()) {
            store.linkClone(layerId, wanted.name());
            return Answer.created(store.volume(wanted.name()));
        }
        return Answer.accepted(
                jobs.start(
                        "clone",
                        device + "/" + wanted.name(),
                        job -> {
                            store.cloneSnapshot(layerId, wanted.name(), job);
                            return store.volume(wanted.name());
                        }));
    }
}
