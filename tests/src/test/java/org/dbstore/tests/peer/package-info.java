/** Configurations of other targets, as their packages bring them. */
@NullMarked
package org.dbstore.tests.peer;

import org.jspecify.annotations.NullMarked;
