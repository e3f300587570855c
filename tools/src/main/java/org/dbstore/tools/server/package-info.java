/** Who holds a device, and how a running server is reached. */
@NullMarked
package org.dbstore.tools.server;

import org.jspecify.annotations.NullMarked;
