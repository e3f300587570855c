/** What a running server tells of itself, and what it limits. */
@NullMarked
package org.dbstore.tests.observe;

import org.jspecify.annotations.NullMarked;
