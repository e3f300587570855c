package org.dbstore.backend.volume;

import java.util.function.Supplier;

/** Which layer the writes of a view belong to; changes with each snapshot. */
final class Head {
    private final Supplier<String> name;
    private int id; // guarded by the stripes: read under one, written under all

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
}
