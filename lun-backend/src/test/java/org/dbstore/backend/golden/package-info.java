/** Images that the original Direct Block Store wrote, and what it says of them. */
@NullMarked
package org.dbstore.backend.golden;

import org.jspecify.annotations.NullMarked;
