package org.dbstore.config;

/**
 * A volume to create when it is absent.
 *
 * @param name 1..255 bytes of UTF-8, no control characters, '/' or '@'
 * @param sizeBytes above 0
 */
public record VolumeConfig(String name, long sizeBytes) {}
