package org.dbstore.backend.repair;

/**
 * A change of metadata in words.
 *
 * @param object what changes
 * @param offset of it on the device, in bytes
 * @param from what it was
 * @param to what it becomes
 */
public record Change(String object, long offset, String from, String to) {}
