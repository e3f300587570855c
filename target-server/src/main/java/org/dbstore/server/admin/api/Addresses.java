package org.dbstore.server.admin.api;

import java.net.InetSocketAddress;

/** Addresses as they are written. */
public final class Addresses {
    private Addresses() {}

    /** As 192.0.2.1:3260 or [2001:db8::1]:3260. */
    public static String text(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
    }
}
