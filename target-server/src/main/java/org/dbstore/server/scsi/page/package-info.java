/** The pages a logical unit describes itself by: standard INQUIRY data, VPD and mode pages. */
@NullMarked
package org.dbstore.server.scsi.page;

import org.jspecify.annotations.NullMarked;
