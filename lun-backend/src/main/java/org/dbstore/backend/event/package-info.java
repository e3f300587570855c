/** Events of the engine in a flight recording (JFR); they cost nothing while none is made. */
@NullMarked
package org.dbstore.backend.event;

import org.jspecify.annotations.NullMarked;
