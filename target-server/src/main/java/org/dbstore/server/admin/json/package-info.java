/**
 * Records as JSON, both ways, and their schema. On Jackson's streams: its data binding alone would
 * take most of the time that a command line tool may take for its answer.
 */
@NullMarked
package org.dbstore.server.admin.json;

import org.jspecify.annotations.NullMarked;
