package org.dbstore.config;

import org.jspecify.annotations.Nullable;

import java.net.InetAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An address to listen on (RFC 7143, "network portal").
 *
 * @param host literal IPv4 or IPv6 address without brackets; 0.0.0.0 or :: for all
 * @param port 1..65535; 0 only in tests: any free port
 * @param groupTag target portal group tag, 1..65535
 */
public record PortalConfig(String host, int port, int groupTag) {
    /** The port of iSCSI (RFC 7143, "IANA Considerations"). */
    public static final int DEFAULT_PORT = 3260;

    private static final Pattern ADDRESS = Pattern.compile("(?:\\[(.*)]|([^:]+))(?::(.*))?");
    private static final Pattern IPV4 = Pattern.compile("[0-9]{1,3}(?:\\.[0-9]{1,3}){3}");

    /** Checks the values. */
    public PortalConfig {
        checkLiteral(host, host.contains(":"));
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException(
                    "port " + port + " is not in 0..65535; choose another");
        }
        if (groupTag < 1 || groupTag > 65535) {
            throw new IllegalArgumentException(
                    "portal group " + groupTag + " is not in 1..65535; choose another");
        }
    }

    /**
     * Reads an address as it stands in a configuration.
     *
     * @param text "127.0.0.1:3260", "[::1]:3260"; without a port {@link #DEFAULT_PORT} is meant
     * @param groupTag target portal group tag, 1..65535
     * @return the portal
     * @throws IllegalArgumentException if it is none; the message says why and the remedy
     */
    public static PortalConfig parse(String text, int groupTag) {
        Matcher address = ADDRESS.matcher(text);
        if (!address.matches()) {
            throw new IllegalArgumentException(
                    "'"
                            + text
                            + "' is not ADDRESS:PORT; an IPv6 address stands in brackets:"
                            + " [::1]:3260");
        }
        boolean bracketed = address.group(1) != null;
        String host = bracketed ? address.group(1) : address.group(2);
        checkLiteral(host, bracketed);
        String port = address.group(3);
        return new PortalConfig(
                host, port == null ? DEFAULT_PORT : Values.integer(port, 1, 65535), groupTag);
    }

    /** The address as {@link #parse} reads it. */
    public String address() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }

    /** True if both cannot be listened on: equal, or one is the wildcard of the other's family. */
    boolean overlaps(PortalConfig other) {
        InetAddress mine = InetAddress.ofLiteral(host);
        InetAddress theirs = InetAddress.ofLiteral(other.host);
        boolean sameFamily = mine.getClass() == theirs.getClass();
        return port == other.port
                && sameFamily
                && (mine.equals(theirs) || mine.isAnyLocalAddress() || theirs.isAnyLocalAddress());
    }

    private static void checkLiteral(String host, boolean version6) {
        try {
            boolean wellFormed = version6 ? host.contains(":") : IPV4.matcher(host).matches();
            if (wellFormed) {
                InetAddress.ofLiteral(host);
                return;
            }
        } catch (IllegalArgumentException e) {
            throw notLiteral(host, e);
        }
        throw notLiteral(host, null);
    }

    private static IllegalArgumentException notLiteral(String host, @Nullable Exception cause) {
        return new IllegalArgumentException(
                "'"
                        + host
                        + "' is not a literal address; write one as 192.0.2.1 or [2001:db8::1], not"
                        + " a host name",
                cause);
    }
}
