/** Tests of volumes and snapshots from the outside, each defect of the original by name. */
@NullMarked
package org.dbstore.backend.operation;

import org.jspecify.annotations.NullMarked;
