/** Goal: the accounts add up. */
@NullMarked
package org.dbstore.backend.space;

import org.jspecify.annotations.NullMarked;
