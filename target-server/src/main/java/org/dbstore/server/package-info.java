/** {@code dbsd}: the iSCSI target server. */
@NullMarked
package org.dbstore.server;

import org.jspecify.annotations.NullMarked;
