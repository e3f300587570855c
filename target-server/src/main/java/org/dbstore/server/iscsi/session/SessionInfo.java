package org.dbstore.server.iscsi.session;

import org.dbstore.server.scsi.Nexus;

import java.net.InetSocketAddress;
import java.time.Instant;

/**
 * A session as people see it.
 *
 * @param handle TSIH, 1..65535
 * @param nexus who talks to whom
 * @param userName CHAP user; empty = without authentication
 * @param peer where the initiator is
 * @param local the address by which it came
 * @param since when it logged in
 * @param parameters as negotiated
 * @param commandCount commands without an answer
 */
public record SessionInfo(
        int handle,
        Nexus nexus,
        String userName,
        InetSocketAddress peer,
        InetSocketAddress local,
        Instant since,
        NegotiatedParameters parameters,
        int commandCount) {
    /** For people: who it is, from where, and its number. */
    public String title() {
        return nexus.initiatorName()
                + " at "
                + peer.getAddress().getHostAddress()
                + " (session "
                + handle
                + ")";
    }
}
