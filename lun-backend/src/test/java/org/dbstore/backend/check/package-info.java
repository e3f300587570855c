/** Tests of the check: it finds each kind of damage, and nothing where nothing is wrong. */
@NullMarked
package org.dbstore.backend.check;

import org.jspecify.annotations.NullMarked;
