package org.dbstore.backend.volume;

import java.util.function.Supplier;

/**
 * Which layer the writes of a view belong to; changes with each snapshot, and ends with the view.
 */
final class Head {
    private final Supplier<String> name;
    private int id; // guarded by the stripes: read under one, written under all
    private volatile boolean closed; // written under all stripes

    Head(Supplier<String> name, int id) {
        this.name = name;
        this.id = id;
    }

    String name() {
        return name.get();
    }

    int id() {
        return id;
    }

    void set(int newId) {
        id = newId;
    }

    void close() {
        closed = true;
    }

    /** As {@link #checkOpen}, for who has nothing to do any more then. */
    boolean isOpen() {
        return !closed;
    }

    /**
     * Whoever has taken a stripe asks first: after the end of the view its map leads to extents
     * that may be another volume's.
     */
    void checkOpen() {
        if (closed) {
            throw new IllegalStateException(name() + " was released");
        }
    }
}
