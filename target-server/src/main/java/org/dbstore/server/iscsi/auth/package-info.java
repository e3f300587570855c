/** Authentication by CHAP (RFC 7143, section 12.1.3; RFC 1994): who may log in, and the proof. */
@NullMarked
package org.dbstore.server.iscsi.auth;

import org.jspecify.annotations.NullMarked;
