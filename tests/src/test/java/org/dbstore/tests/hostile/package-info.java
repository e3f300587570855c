/** Clients that mean harm: each gets the exact answer, others notice nothing, memory returns. */
@NullMarked
package org.dbstore.tests.hostile;

import org.jspecify.annotations.NullMarked;
