/**
 * What travels between a server and those who administer it: the records of the API, whose
 * components are the fields of the JSON. Fields may be added; none is renamed or removed.
 */
@NullMarked
package org.dbstore.server.admin.api;

import org.jspecify.annotations.NullMarked;
