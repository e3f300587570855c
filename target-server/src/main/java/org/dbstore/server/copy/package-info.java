/**
 * Third-party copy (SPC-4): EXTENDED COPY of list identifier length 1, and the tokens of offloaded
 * data transfer. Every device and every token is looked up through the LUN map of the session that
 * names it: what a session does not see it cannot copy.
 */
@NullMarked
package org.dbstore.server.copy;

import org.jspecify.annotations.NullMarked;
