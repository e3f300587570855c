package org.dbstore.server.admin.api;

import java.time.Instant;

/**
 * An error that the server has logged: somebody has to act, or had to.
 *
 * @param lastAt when it was last
 * @param times how often, as far as is remembered
 * @param message as in the log
 */
public record ErrorView(Instant lastAt, long times, String message) {}
