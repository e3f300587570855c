/**
 * What an operator asks for: records checked in their constructors, and the reading of them from
 * YAML.
 */
@NullMarked
package org.dbstore.config;

import org.jspecify.annotations.NullMarked;
