/** Tests that read the sources and the class files: layout, and the arrows between modules. */
@NullMarked
package org.dbstore.tests.tidy;

import org.jspecify.annotations.NullMarked;
