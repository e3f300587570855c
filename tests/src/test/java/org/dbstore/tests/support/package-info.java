/** An initiator that shows every byte, and what the tests share: servers, images, requirements. */
@NullMarked
package org.dbstore.tests.support;

import org.jspecify.annotations.NullMarked;
