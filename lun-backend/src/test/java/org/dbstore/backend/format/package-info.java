/** Tests of the layout, against numbers of the original. */
@NullMarked
package org.dbstore.backend.format;

import org.jspecify.annotations.NullMarked;
