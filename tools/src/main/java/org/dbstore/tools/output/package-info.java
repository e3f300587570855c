/** How results are shown: one list of columns makes the table for people and the JSON. */
@NullMarked
package org.dbstore.tools.output;

import org.jspecify.annotations.NullMarked;
