/**
 * The full feature phase: sessions, their tasks, and the ordering of commands (RFC 7143, section
 * 4.2).
 */
@NullMarked
package org.dbstore.server.iscsi.session;

import org.jspecify.annotations.NullMarked;
