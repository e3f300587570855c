/** Tests of reading, writing and unmapping of byte ranges. */
@NullMarked
package org.dbstore.backend.volume;

import org.jspecify.annotations.NullMarked;
