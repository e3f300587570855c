package org.dbstore.server.scsi.jscsi;

import org.dbstore.server.scsi.Medium;
import org.jscsi.target.scsi.modeSense.HeaderType;
import org.jscsi.target.scsi.modeSense.LongLogicalBlockDescriptor;
import org.jscsi.target.scsi.modeSense.ModePage;
import org.jscsi.target.scsi.modeSense.ModeParameterList;
import org.jscsi.target.scsi.modeSense.ModeParameterListBuilder;
import org.jscsi.target.scsi.modeSense.Page_0FormatModePage;
import org.jscsi.target.scsi.modeSense.ShortLogicalBlockDescriptor;

import java.nio.ByteBuffer;
import java.util.List;

/** Assembles the mode parameter list (SPC-4, "Mode parameters") that MODE SENSE returns. */
public final class ModeParameters {
    private static final int WRITE_PROTECT = 0x80;
    private static final int DPO_AND_FUA = 0x10;
    private static final long SHORT_BLOCK_COUNT_MAX = 0xffff_ffffL;

    /** Which block descriptor to send. */
    public enum Descriptor {
        /** None: DBD=1. */
        NONE,
        /** 8 bytes, 32-bit number of blocks. */
        SHORT,
        /** 16 bytes, 64-bit number of blocks: LLBAA=1. */
        LONG
    }

    private ModeParameters() {}

    /**
     * Builds the answer to MODE SENSE(6).
     *
     * @param pages each as a whole: two bytes of header and its parameters
     */
    public static byte[] list6(Medium medium, Descriptor descriptor, List<byte[]> pages) {
        return list(HeaderType.MODE_PARAMETER_HEADER_6, 2, medium, descriptor, pages);
    }

    /**
     * Builds the answer to MODE SENSE(10).
     *
     * @param pages each as a whole: two bytes of header and its parameters
     */
    public static byte[] list10(Medium medium, Descriptor descriptor, List<byte[]> pages) {
        return list(HeaderType.MODE_PARAMETER_HEADER_10, 3, medium, descriptor, pages);
    }

    private static byte[] list(
            HeaderType header,
            int deviceSpecific,
            Medium medium,
            Descriptor descriptor,
            List<byte[]> pages) {
        var builder = new ModeParameterListBuilder(header);
        long blocks = medium.blockCount();
        switch (descriptor) {
            case NONE -> {}
            case SHORT ->
                    builder.setLogicalBlockDescriptors(
                            new ShortLogicalBlockDescriptor(
                                    Math.min(blocks, SHORT_BLOCK_COUNT_MAX), medium.blockBytes()));
            case LONG ->
                    builder.setLogicalBlockDescriptors(
                            new LongLogicalBlockDescriptor[] {
                                new LongLogicalBlockDescriptor(blocks, medium.blockBytes())
                            });
        }
        builder.setModePages(pages.stream().map(Page::new).toArray(ModePage[]::new));
        int flags = DPO_AND_FUA | (medium.isReadOnly() ? WRITE_PROTECT : 0);
        return Serialized.of(ModeParameterList.build(builder))
                .put(deviceSpecific, (byte) flags) // jSCSI leaves it 0
                .array();
    }

    /** A page whose bytes are known. */
    private static final class Page extends Page_0FormatModePage {
        private static final int HEADER_BYTES = 2;

        private final byte[] bytes;

        Page(byte[] bytes) {
            super(bytes[0] < 0, bytes[0] & 0x3f, bytes.length - HEADER_BYTES);
            this.bytes = bytes;
        }

        @Override
        protected void serializeModeParameters(ByteBuffer target, int index) {
            target.put(index + HEADER_BYTES, bytes, HEADER_BYTES, bytes.length - HEADER_BYTES);
        }
    }
}
