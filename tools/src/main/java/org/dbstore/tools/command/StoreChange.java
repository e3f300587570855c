package org.dbstore.tools.command;

/** A command that changes the device. */
abstract class StoreChange extends StoreCommand {
    StoreChange() {
        super(false);
    }
}
