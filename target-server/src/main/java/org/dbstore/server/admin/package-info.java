/**
 * The admin API of a running server: HTTP and JSON over what the server serves. Sits above all
 * else: nothing on the way of a SCSI command knows of it.
 */
@NullMarked
package org.dbstore.server.admin;

import org.jspecify.annotations.NullMarked;
