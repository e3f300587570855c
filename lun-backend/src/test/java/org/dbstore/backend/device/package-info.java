/** Tests of devices, their bounds and their locks. */
@NullMarked
package org.dbstore.backend.device;

import org.jspecify.annotations.NullMarked;
