/**
 * The only users of jSCSI's protocol classes in the transport: PDUs of login, text, logout, NOP and
 * task management answers, and the negotiation of keys.
 */
@NullMarked
package org.dbstore.server.iscsi.jscsi;

import org.jspecify.annotations.NullMarked;
