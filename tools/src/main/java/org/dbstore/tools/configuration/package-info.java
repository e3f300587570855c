/** The configuration that a command shows or edits: a running server's, or that of a file. */
@NullMarked
package org.dbstore.tools.configuration;

import org.jspecify.annotations.NullMarked;
