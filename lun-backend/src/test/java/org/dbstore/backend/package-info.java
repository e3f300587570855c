/** Tests of the store as its users see it. */
@NullMarked
package org.dbstore.backend;

import org.jspecify.annotations.NullMarked;
