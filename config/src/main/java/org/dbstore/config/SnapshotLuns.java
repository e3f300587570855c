package org.dbstore.config;

/**
 * Snapshots that appear as read-only LUNs by themselves.
 *
 * @param first lowest number they get
 * @param last highest number they get
 * @param names which snapshots, a {@link NamePattern}
 * @param newest how many of them, the newest; 0 = as many as there are numbers
 */
public record SnapshotLuns(int first, int last, String names, int newest) {
    /** What {@code snapshots: auto} means. */
    public static final SnapshotLuns AUTO = new SnapshotLuns(128, LunConfig.NUMBER_MAX, "*", 0);

    /** Checks the values. */
    public SnapshotLuns {
        if (first < 0 || last > LunConfig.NUMBER_MAX || first > last) {
            throw new IllegalArgumentException(
                    "LUNs "
                            + first
                            + "-"
                            + last
                            + " are no range within 0-"
                            + LunConfig.NUMBER_MAX
                            + "; write one as 128-255");
        }
        if (newest < 0 || newest > last - first + 1) {
            throw new IllegalArgumentException(
                    newest
                            + " snapshots do not have a LUN each in "
                            + first
                            + "-"
                            + last
                            + "; choose fewer, or a larger range");
        }
    }

    /**
     * Tells whether a snapshot is among them by its name.
     *
     * @param snapshotName its name
     */
    public boolean shows(String snapshotName) {
        return NamePattern.matches(names, snapshotName);
    }

    /** Tells whether a number is in the range. */
    public boolean contains(int number) {
        return number >= first && number <= last;
    }
}
