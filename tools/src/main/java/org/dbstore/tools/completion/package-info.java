/** What shells need to complete command lines: scripts, and the words that may come next. */
@NullMarked
package org.dbstore.tools.completion;

import org.jspecify.annotations.NullMarked;
