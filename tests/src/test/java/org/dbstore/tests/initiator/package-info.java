/** A real Linux initiator, in a guest, against a server in a process of its own. */
@NullMarked
package org.dbstore.tests.initiator;

import org.jspecify.annotations.NullMarked;
