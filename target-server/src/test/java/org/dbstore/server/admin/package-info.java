@NullMarked
package org.dbstore.server.admin;

import org.jspecify.annotations.NullMarked;
