/**
 * The administrator's side of a running server: finding it, asking it, and a device that it holds
 * as if it were open here.
 */
@NullMarked
package org.dbstore.server.admin.client;

import org.jspecify.annotations.NullMarked;
