/**
 * Turns the configurations of other targets into ours: one class per format reads what it says into
 * a {@link org.dbstore.config.peer.Draft}, which makes our file, the files of the secrets, and
 * notes of what could not be carried over.
 */
@NullMarked
package org.dbstore.config.peer;

import org.jspecify.annotations.NullMarked;
