/** What the engine costs, measured on a real file: the main class of bin/engine-figures. */
@NullMarked
package org.dbstore.backend.figures;

import org.jspecify.annotations.NullMarked;
