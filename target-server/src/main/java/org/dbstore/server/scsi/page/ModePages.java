package org.dbstore.server.scsi.page;

import org.dbstore.server.scsi.Medium;

import java.util.List;

/**
 * The mode pages (SPC-4, SBC-3). No parameter is changeable, so the current values are also the
 * default and the saved ones, and PS=1 holds.
 */
public final class ModePages {
    private static final int CACHING = 0x08;
    private static final int CONTROL = 0x0a;
    private static final int INFORMATIONAL_EXCEPTIONS = 0x1c;
    private static final int ALL_PAGES = 0x3f;
    private static final int ALL_SUBPAGES = 0xff;
    private static final int PS = 0x80;
    private static final int CHANGEABLE = 1;

    private static final int WCE = 0x04;
    private static final int UNRESTRICTED_REORDERING = 0x10;
    private static final int DEXCPT = 0x08;

    private ModePages() {}

    /**
     * Selects pages, in ascending order.
     *
     * @param medium the unit
     * @param pageControl PC: 0 current, 1 changeable, 2 default, 3 saved
     * @param page PAGE CODE, 6 bits
     * @return empty if there is no such page
     */
    public static List<byte[]> select(Medium medium, int pageControl, int page) {
        List<byte[]> pages =
                switch (page) {
                    case CACHING -> List.of(caching(medium));
                    case CONTROL -> List.of(control());
                    case INFORMATIONAL_EXCEPTIONS -> List.of(informationalExceptions());
                    case ALL_PAGES ->
                            List.of(caching(medium), control(), informationalExceptions());
                    default -> List.of();
                };
        if (pageControl == CHANGEABLE) {
            pages.forEach(ModePages::clearParameters);
        }
        return pages;
    }

    /**
     * Tells whether a subpage exists: every page has only subpage 00h, which FFh includes.
     *
     * @param subpage SUBPAGE CODE
     */
    public static boolean hasSubpage(int subpage) {
        return subpage == 0 || subpage == ALL_SUBPAGES;
    }

    private static void clearParameters(byte[] page) {
        for (int i = 2; i < page.length; i++) {
            page[i] = 0;
        }
    }

    private static byte[] page(int code, int parameterBytes) {
        byte[] page = new byte[2 + parameterBytes];
        page[0] = (byte) (PS | code);
        page[1] = (byte) parameterBytes;
        return page;
    }

    private static byte[] caching(Medium medium) {
        byte[] page = page(CACHING, 18);
        page[2] = (byte) (medium.isWriteBack() ? WCE : 0);
        return page;
    }

    /** QERR=0, TAS=0, D_SENSE=0, SWP=0: write protection is not the initiator's to set. */
    private static byte[] control() {
        byte[] page = page(CONTROL, 10);
        page[3] = UNRESTRICTED_REORDERING;
        return page;
    }

    private static byte[] informationalExceptions() {
        byte[] page = page(INFORMATIONAL_EXCEPTIONS, 10);
        page[2] = DEXCPT; // none is ever reported
        return page;
    }
}
