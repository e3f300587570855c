/** What is delivered installs, serves, upgrades and goes. */
@NullMarked
package org.dbstore.tests.packaging;

import org.jspecify.annotations.NullMarked;
