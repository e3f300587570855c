@NullMarked
package org.dbstore.server.admin.client;

import org.jspecify.annotations.NullMarked;
