/**
 * The behaviour of the commands: one small stateless class per family. The gate has checked what
 * {@link org.dbstore.server.scsi.ScsiCommand} tabulates (usage mask, range, lengths); what an
 * initiator can still cause is an outcome, what the engine causes a {@link
 * org.dbstore.backend.BackendException}.
 */
@NullMarked
package org.dbstore.server.scsi.command;

import org.jspecify.annotations.NullMarked;
