/**
 * {@code dbsctl}, the administration command: the entry and what all commands share, which is the
 * terminal they talk to and the failures they end with.
 */
@NullMarked
package org.dbstore.tools;

import org.jspecify.annotations.NullMarked;
