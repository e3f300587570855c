/** Tests of what becomes durable, when, and what happens if it does not. */
@NullMarked
package org.dbstore.backend.commit;

import org.jspecify.annotations.NullMarked;
