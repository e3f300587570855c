package org.dbstore.server.scsi.jscsi;

import org.jscsi.target.scsi.ISerializable;

import java.nio.ByteBuffer;

/** The bytes of a jSCSI value. */
final class Serialized {
    private Serialized() {}

    /**
     * Serialises at index 0: elsewhere jSCSI 2.5.2 puts some fields at absolute positions.
     *
     * @return a heap buffer of exactly the value's size, position 0
     */
    static ByteBuffer of(ISerializable value) {
        ByteBuffer bytes = ByteBuffer.allocate(value.size());
        value.serialize(bytes, 0);
        return bytes.clear();
    }
}
