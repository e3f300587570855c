/**
 * Quality of service: limits on commands and bytes per second, of a LUN and of an initiator.
 *
 * <p>A command that has to wait holds no thread: it stands in the queue of a {@link
 * org.dbstore.server.qos.Throttle} until its turn comes. Each session has, for each LUN, a queue of
 * its own there, and they take turns, so nobody waits behind another's backlog.
 */
@NullMarked
package org.dbstore.server.qos;

import org.jspecify.annotations.NullMarked;
