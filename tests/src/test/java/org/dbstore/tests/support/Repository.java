package org.dbstore.tests.support;

import java.nio.file.Path;

/** Where things are in the repository. */
public final class Repository {
    private Repository() {}

    /**
     * Returns the repository's folder, from the system property {@code dbs.root}.
     *
     * @throws IllegalStateException if the property is not set: the tests were not started by Maven
     */
    public static Path root() {
        String root = System.getProperty("dbs.root");
        if (root == null) {
            throw new IllegalStateException("no system property dbs.root; run the tests by Maven");
        }
        return Path.of(root).toAbsolutePath().normalize();
    }

    /** Folder of the device images that the original wrote. */
    public static Path goldenImages() {
        return root().resolve("lun-backend/src/test/resources/golden");
    }
}
