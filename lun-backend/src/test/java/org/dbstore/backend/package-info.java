/** Tests of the store as its users see it, and what they share. */
@NullMarked
package org.dbstore.backend;

import org.jspecify.annotations.NullMarked;
