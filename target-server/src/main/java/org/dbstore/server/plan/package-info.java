/**
 * What another configuration would change in a running server, and whom it would touch: worked out
 * from the two configurations and the sessions of the moment, without touching anything.
 */
@NullMarked
package org.dbstore.server.plan;

import org.jspecify.annotations.NullMarked;
