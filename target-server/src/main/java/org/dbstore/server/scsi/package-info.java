/** SCSI (SAM-5, SPC-4, SBC-3) as a logical unit sees it: commands in, outcomes out, no PDU. */
@NullMarked
package org.dbstore.server.scsi;

import org.jspecify.annotations.NullMarked;
