/**
 * Reservations of a logical unit (SPC-4, "Reservations"): the persistent ones with their
 * registrations, and those of RESERVE and RELEASE. Registrations belong to an I_T nexus by name, so
 * they outlast its sessions.
 */
@NullMarked
package org.dbstore.server.reservation;

import org.jspecify.annotations.NullMarked;
