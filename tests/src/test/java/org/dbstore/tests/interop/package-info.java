/**
 * Devices that the engine and {@code dbsctl} wrote and closed, read by a reader that knows only the
 * description of the format: {@code tests/golden/dbsread.py}.
 */
@NullMarked
package org.dbstore.tests.interop;

import org.jspecify.annotations.NullMarked;
