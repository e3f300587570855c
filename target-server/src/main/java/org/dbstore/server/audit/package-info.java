/** Who did what: logins and administration, in a log of their own. */
@NullMarked
package org.dbstore.server.audit;

import org.jspecify.annotations.NullMarked;
