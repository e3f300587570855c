/** Images written by the original, read over iSCSI. */
@NullMarked
package org.dbstore.tests.golden;

import org.jspecify.annotations.NullMarked;
