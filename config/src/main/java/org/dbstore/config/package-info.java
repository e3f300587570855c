/**
 * What an operator asks for: records checked in their constructors, and the reading of them from
 * YAML.
 *
 * <p>A file becomes a tree that remembers lines ({@link org.dbstore.config.LocatedYaml}); the files
 * are put together ({@link org.dbstore.config.FileMerger}); one class per section turns the tree
 * into records, noting all that is wrong instead of stopping ({@link org.dbstore.config.Problems}).
 * {@link org.dbstore.config.ConfigKey} is the one table of keys: what is allowed, and the manual.
 */
@NullMarked
package org.dbstore.config;

import org.jspecify.annotations.NullMarked;
