/** The libiscsi suite against a server in a process of its own. */
@NullMarked
package org.dbstore.tests.conformance;

import org.jspecify.annotations.NullMarked;
