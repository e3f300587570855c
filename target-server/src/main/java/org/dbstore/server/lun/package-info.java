/** The logical unit: where a nexus, a command and a volume meet. */
@NullMarked
package org.dbstore.server.lun;

import org.jspecify.annotations.NullMarked;
