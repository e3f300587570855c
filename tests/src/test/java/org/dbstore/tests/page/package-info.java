/** The web page of a server, driven in a browser. */
@NullMarked
package org.dbstore.tests.page;

import org.jspecify.annotations.NullMarked;
