/** What Windows, ESXi and Linux were seen to send, sent again. */
@NullMarked
package org.dbstore.tests.replay;

import org.jspecify.annotations.NullMarked;
