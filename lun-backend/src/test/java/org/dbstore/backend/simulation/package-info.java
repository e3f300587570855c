/** Power loss at any moment: a device that forgets, a model that remembers what was promised. */
@NullMarked
package org.dbstore.backend.simulation;

import org.jspecify.annotations.NullMarked;
