/**
 * What is counted and timed, and how it is told.
 *
 * <p>A command carries its times itself ({@link org.dbstore.server.metrics.MeasuredCommand}). When
 * its answer has been sent it is booked once: in the {@link
 * org.dbstore.server.metrics.SessionMeter} of its session and in the {@link
 * org.dbstore.server.metrics.UnitMeter} of its LUN. Nothing there takes a lock, looks anything up
 * or allocates. Whatever else can be asked (initiators, devices, rates, percentiles) is computed
 * from these when it is asked, by {@link org.dbstore.server.metrics.Metrics}.
 */
@NullMarked
package org.dbstore.server.metrics;

import org.jspecify.annotations.NullMarked;
