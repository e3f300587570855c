/** What is changed under running initiators, and that they notice. */
@NullMarked
package org.dbstore.tests.online;

import org.jspecify.annotations.NullMarked;
