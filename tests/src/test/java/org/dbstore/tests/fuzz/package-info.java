/**
 * Fuzzing: five targets that bytes of anybody's making reach, each judged by an oracle of its own,
 * and whole sessions that are bent on the way to a server.
 */
@NullMarked
package org.dbstore.tests.fuzz;

import org.jspecify.annotations.NullMarked;
