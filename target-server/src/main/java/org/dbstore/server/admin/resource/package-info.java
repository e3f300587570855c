/** What is under the paths of the API: one class per kind of thing. */
@NullMarked
package org.dbstore.server.admin.resource;

import org.jspecify.annotations.NullMarked;
