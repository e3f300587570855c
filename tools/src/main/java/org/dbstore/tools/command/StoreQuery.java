package org.dbstore.tools.command;

/** A command that only looks. */
abstract class StoreQuery extends StoreCommand {
    StoreQuery() {
        super(true);
    }
}
