package org.dbstore.backend.catalogue;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.commit.GroupCommit;
import org.dbstore.backend.format.ReservedExtents;

import java.util.ArrayList;
import java.util.List;

/** The catalogue's share of the reserved extents. */
public final class ReservedSpace implements CatalogueSpace {
    private final GroupCommit commits;

    /**
     * Creates the view.
     *
     * @param commits knows them
     */
    public ReservedSpace(GroupCommit commits) {
        this.commits = commits;
    }

    @Override
    public boolean ensure() throws BackendException {
        commits.ensureReserved();
        return commits.isJournaled(); // without a journal a record could be torn
    }

    @Override
    public List<Pair> pairs() {
        ReservedExtents reserved = commits.reserved();
        List<Pair> pairs = new ArrayList<>();
        List<Integer> extents = reserved == null ? List.of() : reserved.catalogue();
        for (int i = 0; i < extents.size(); i += 2) {
            pairs.add(new Pair(extents.get(i), extents.get(i + 1)));
        }
        return pairs;
    }

    @Override
    public void grow() throws BackendException {
        commits.growCatalogue();
    }
}
