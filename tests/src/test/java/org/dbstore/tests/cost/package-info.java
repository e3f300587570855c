/**
 * What a command costs, in what can be counted and is the same on every machine: memory allocated
 * and system calls, not seconds.
 */
@NullMarked
package org.dbstore.tests.cost;

import org.jspecify.annotations.NullMarked;
