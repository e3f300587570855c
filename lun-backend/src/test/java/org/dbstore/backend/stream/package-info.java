/** Goal: differences are those of the bytes, and streams come through whole or not at all. */
@NullMarked
package org.dbstore.backend.stream;

import org.jspecify.annotations.NullMarked;
