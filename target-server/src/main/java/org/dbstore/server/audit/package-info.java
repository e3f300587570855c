/**
 * Who did what: logins and administration, in a log of their own, of which a flood is told by its
 * number.
 */
@NullMarked
package org.dbstore.server.audit;

import org.jspecify.annotations.NullMarked;
