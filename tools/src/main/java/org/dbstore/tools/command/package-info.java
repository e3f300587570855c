/**
 * The subcommands, a noun and then a verb, one class each. A verb says what it needs ({@link
 * org.dbstore.tools.command.StoreQuery} or {@link org.dbstore.tools.command.StoreChange}), does it
 * by one call of the engine, and prints what came of it.
 */
@NullMarked
package org.dbstore.tools.command;

import org.jspecify.annotations.NullMarked;
