/** HTTP without its content: listening, tokens, the table of routes, requests and answers. */
@NullMarked
package org.dbstore.server.admin.http;

import org.jspecify.annotations.NullMarked;
