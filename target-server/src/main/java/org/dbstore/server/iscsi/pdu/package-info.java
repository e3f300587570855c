/** PDUs as bytes: the codec of the hot ones, reading, writing, and the buffers for their data. */
@NullMarked
package org.dbstore.server.iscsi.pdu;

import org.jspecify.annotations.NullMarked;
