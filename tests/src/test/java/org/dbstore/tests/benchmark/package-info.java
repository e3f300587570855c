/**
 * What single steps of the data path cost, measured alone (JMH; bin/microbench runs them). They
 * tell which of two ways to do the same is cheaper; what a whole command costs, bin/bench tells.
 */
@NullMarked
package org.dbstore.tests.benchmark;

import org.jspecify.annotations.NullMarked;
