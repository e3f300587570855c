/** What the catalogue keeps, gives up and refuses. */
@NullMarked
package org.dbstore.backend.catalogue;

import org.jspecify.annotations.NullMarked;
