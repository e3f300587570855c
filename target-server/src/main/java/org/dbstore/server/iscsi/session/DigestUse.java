package org.dbstore.server.iscsi.session;

/** Whether PDUs carry a CRC32C digest (RFC 7143, section 13.1). */
public enum DigestUse {
    /** As the initiator prefers. */
    ALLOWED,
    /** Always; a login without is refused. */
    REQUIRED,
    /** Never. */
    FORBIDDEN
}
