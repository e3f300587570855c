package org.dbstore.config;

/**
 * An address to listen on (RFC 7143, "network portal").
 *
 * @param host literal IPv4 or IPv6 address without brackets; 0.0.0.0 or :: for all
 * @param port 1..65535; 0 only in tests: any free port
 * @param groupTag target portal group tag, 1..65535
 */
public record PortalConfig(String host, int port, int groupTag) {}
