/**
 * The iSCSI transport (RFC 7143): from bytes of a socket to tasks, and back.
 *
 * <p>A {@link org.dbstore.server.iscsi.Portal} accepts; each {@link
 * org.dbstore.server.iscsi.Connection} is read by one platform thread of its own, which runs the
 * login ({@code .login}) and then the full feature phase ({@code .session}). Commands that need not
 * wait run in that thread, and their answers leave in one gathering write when the bytes at hand
 * are used up. Whatever has to wait (the medium, a commit) is completed by another thread, and its
 * answer sent by the connection's {@link org.dbstore.server.iscsi.pdu.PduWriter}.
 */
@NullMarked
package org.dbstore.server.iscsi;

import org.jspecify.annotations.NullMarked;
