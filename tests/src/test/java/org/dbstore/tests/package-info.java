/**
 * The proving ground: what needs more than one module, or a running server.
 *
 * <p>{@code tidy} reads the sources; {@code hostile}, {@code replay} and {@code golden} talk to a
 * server in this process through {@link org.dbstore.tests.support.RawInitiator}; {@code
 * conformance} and {@code initiator} run programs of others against {@code bin/dbsd}, {@code
 * durability} kills it and cuts its power, {@code interop} reads what was written.
 */
@NullMarked
package org.dbstore.tests;

import org.jspecify.annotations.NullMarked;
