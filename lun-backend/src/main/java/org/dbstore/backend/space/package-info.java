/** Who uses how much, and what a deletion frees: computed from layers and extents alone. */
@NullMarked
package org.dbstore.backend.space;

import org.jspecify.annotations.NullMarked;
