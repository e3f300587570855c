package org.dbstore.server.scsi.jscsi;

import org.dbstore.server.scsi.Nexus;
import org.dbstore.server.scsi.UnitIdentity;
import org.jscsi.target.scsi.inquiry.Association;
import org.jscsi.target.scsi.inquiry.CodeSet;
import org.jscsi.target.scsi.inquiry.IdentificationDescriptor;
import org.jscsi.target.scsi.inquiry.Identifier;
import org.jscsi.target.scsi.inquiry.IdentifierType;
import org.jscsi.target.scsi.inquiry.ProtocolIdentifier;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** Designation descriptors of VPD page 83h (SPC-4, "Device Identification VPD page"). */
public final class Designators {
    private static final int NAME_ALIGNMENT_BYTES = 4;

    private Designators() {}

    /**
     * Describes a logical unit and the target port it is seen through.
     *
     * @param identity the unit
     * @param vendor T10 VENDOR IDENTIFICATION, 8 characters
     * @param nexus its target port is described
     * @return the descriptors, one behind the other; NAA-6 first, the one initiators prefer
     */
    public static byte[] of(UnitIdentity identity, String vendor, Nexus nexus) {
        var all = new ByteArrayOutputStream();
        unit(all, CodeSet.BINARY_VALUES, IdentifierType.NAA, identity.naa());
        unit(
                all,
                CodeSet.ASCII_PRINTABLE_VALUES,
                IdentifierType.T10_VENDOR_ID_BASED,
                (vendor + identity.serial()).getBytes(StandardCharsets.US_ASCII));
        byte[] port = ByteBuffer.allocate(4).putInt(nexus.portalGroupTag()).array();
        port(all, CodeSet.BINARY_VALUES, IdentifierType.RELATIVE_TARGET_PORT_IDENTIFIERT, port);
        port(all, CodeSet.BINARY_VALUES, IdentifierType.TARGET_PORT_GROUP, port);
        port(
                all,
                CodeSet.UTF8_CODES,
                IdentifierType.SCSI_NAME_STRING,
                portName(nexus.targetName(), nexus.portalGroupTag()));
        return all.toByteArray();
    }

    /**
     * Describes the target ports (SPC-4, "SCSI Ports VPD page"), each by its name.
     *
     * @param targetName iSCSI name
     * @param portalGroupTags one for each port
     * @return the designation descriptors for all of them
     */
    public static byte[] ports(String targetName, List<Integer> portalGroupTags) {
        var all = new ByteArrayOutputStream();
        for (int tag : portalGroupTags) {
            var name = new ByteArrayOutputStream();
            port(
                    name,
                    CodeSet.UTF8_CODES,
                    IdentifierType.SCSI_NAME_STRING,
                    portName(targetName, tag));
            ByteBuffer header = ByteBuffer.allocate(12);
            header.putShort(2, (short) tag).putShort(10, (short) name.size());
            all.writeBytes(header.array());
            all.writeBytes(name.toByteArray());
        }
        return all.toByteArray();
    }

    /** The name of the target port (RFC 7143, "SCSI Architecture Model"), ended by NUL, padded. */
    private static byte[] portName(String targetName, int portalGroupTag) {
        byte[] name =
                String.format(Locale.ROOT, "%s,t,0x%04x", targetName, portalGroupTag)
                        .getBytes(StandardCharsets.UTF_8);
        int padded = (name.length / NAME_ALIGNMENT_BYTES + 1) * NAME_ALIGNMENT_BYTES;
        return ByteBuffer.allocate(padded).put(name).array();
    }

    private static void unit(
            ByteArrayOutputStream all, CodeSet codeSet, IdentifierType type, byte[] designator) {
        append(
                all,
                new IdentificationDescriptor(
                        ProtocolIdentifier.FIBRE_CHANNEL, // 0, as it must be with PIV=0
                        codeSet,
                        false,
                        Association.LOGICAL_UNIT,
                        type,
                        new Designator(designator)));
    }

    private static void port(
            ByteArrayOutputStream all, CodeSet codeSet, IdentifierType type, byte[] designator) {
        append(
                all,
                new IdentificationDescriptor(
                        ProtocolIdentifier.INTERNET_SCSI,
                        codeSet,
                        true,
                        Association.TARGET_PORT,
                        type,
                        new Designator(designator)));
    }

    private static void append(ByteArrayOutputStream all, IdentificationDescriptor descriptor) {
        all.writeBytes(Serialized.of(descriptor).array());
    }

    /** A designator whose bytes are known. */
    private static final class Designator extends Identifier {
        private final byte[] bytes;

        Designator(byte[] bytes) {
            this.bytes = bytes;
        }

        @Override
        public void serialize(ByteBuffer target, int index) {
            target.put(index, bytes);
        }

        @Override
        public int size() {
            return bytes.length;
        }
    }
}
