/**
 * Opening a device: numbered steps, each of which may be repeated after a power loss in the middle
 * of it. What the device says is not believed but checked; what breaks a rule is reported and kept,
 * and costs at most the volume it belongs to.
 */
@NullMarked
package org.dbstore.backend.recovery;

import org.jspecify.annotations.NullMarked;
