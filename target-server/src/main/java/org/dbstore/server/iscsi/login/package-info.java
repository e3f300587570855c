/** The login phase (RFC 7143, section 6): who comes, to which target, on which terms. */
@NullMarked
package org.dbstore.server.iscsi.login;

import org.jspecify.annotations.NullMarked;
