/** Raw contents of volumes from and to files and pipes, without storing or sending zeroes twice. */
@NullMarked
package org.dbstore.tools.transfer;

import org.jspecify.annotations.NullMarked;
