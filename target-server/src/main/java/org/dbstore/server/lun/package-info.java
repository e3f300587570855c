/**
 * The logical unit: where a nexus, a command and a volume meet.
 *
 * <p>A command passes {@link org.dbstore.server.lun.LunMap} (which unit), {@link
 * org.dbstore.server.scsi.ScsiCommand} (which row), the unit attentions of the unit, the checks of
 * the CDB, and then, with its data-out collected, one handler of {@code scsi.command}.
 */
@NullMarked
package org.dbstore.server.lun;

import org.jspecify.annotations.NullMarked;
