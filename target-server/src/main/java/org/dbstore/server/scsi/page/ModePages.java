package org.dbstore.server.scsi.page;

import org.dbstore.server.scsi.Medium;
import org.dbstore.server.scsi.ModeSettings;

import java.util.List;

/**
 * The mode pages (SPC-4, SBC-3). Changeable are D_SENSE and SWP, and WCE where it can be saved: the
 * caching page tells Windows PS=1, so a WCE that is gone after a restart would be a lie.
 */
public final class ModePages {
    /** PC: the values in force. */
    public static final int CURRENT = 0;

    /** PC: a mask of what MODE SELECT can change. */
    public static final int CHANGEABLE = 1;

    private static final int DEFAULT = 2;

    private static final int CACHING = 0x08;
    private static final int CONTROL = 0x0a;
    private static final int INFORMATIONAL_EXCEPTIONS = 0x1c;
    private static final int ALL_PAGES = 0x3f;
    private static final int ALL_SUBPAGES = 0xff;
    private static final int PS = 0x80;

    private static final int WCE = 0x04;
    private static final int TST_SEPARATE = 0x20;
    private static final int D_SENSE = 0x04;
    private static final int SWP = 0x08;
    private static final int TAS = 0x40;
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
        byte[] caching = caching(medium.modes(), pageControl);
        byte[] control = control(medium.modes(), pageControl);
        byte[] exceptions = informationalExceptions(pageControl);
        return switch (page) {
            case CACHING -> List.of(caching);
            case CONTROL -> List.of(control);
            case INFORMATIONAL_EXCEPTIONS -> List.of(exceptions);
            case ALL_PAGES -> List.of(caching, control, exceptions);
            default -> List.of();
        };
    }

    /**
     * Tells whether a subpage exists: every page has only subpage 00h, which FFh includes.
     *
     * @param subpage SUBPAGE CODE
     */
    public static boolean hasSubpage(int subpage) {
        return subpage == 0 || subpage == ALL_SUBPAGES;
    }

    /**
     * Takes the changeable parameters out of a page.
     *
     * @param page as MODE SELECT received it
     * @param before values of those that stand in other pages
     */
    public static ModeSettings.Values valuesOf(byte[] page, ModeSettings.Values before) {
        return switch (page[0] & 0x3f) {
            case CACHING ->
                    new ModeSettings.Values(
                            (page[2] & WCE) != 0,
                            before.descriptorSense(),
                            before.writeProtected());
            case CONTROL ->
                    new ModeSettings.Values(
                            before.writeBack(), (page[2] & D_SENSE) != 0, (page[4] & SWP) != 0);
            default -> before;
        };
    }

    private static ModeSettings.Values values(ModeSettings modes, int pageControl) {
        return switch (pageControl) {
            case CURRENT -> modes.current();
            case CHANGEABLE -> new ModeSettings.Values(modes.canSave(), true, true);
            case DEFAULT -> modes.defaults();
            default -> modes.saved();
        };
    }

    private static byte[] page(int code, boolean canSave, int parameterBytes) {
        byte[] page = new byte[2 + parameterBytes];
        page[0] = (byte) ((canSave ? PS : 0) | code);
        page[1] = (byte) parameterBytes;
        return page;
    }

    private static byte[] caching(ModeSettings modes, int pageControl) {
        byte[] page = page(CACHING, true, 18);
        page[2] = (byte) (values(modes, pageControl).writeBack() ? WCE : 0);
        return page;
    }

    /**
     * TST=001b: the order of tasks is a matter of one nexus, and nobody clears another's task set.
     * QERR=0. TAS=1: who loses a command to another nexus learns it by TASK ABORTED; without an
     * answer it would wait, and then reset what others use.
     */
    private static byte[] control(ModeSettings modes, int pageControl) {
        byte[] page = page(CONTROL, modes.canSave(), 10);
        ModeSettings.Values values = values(modes, pageControl);
        page[2] =
                (byte)
                        ((pageControl == CHANGEABLE ? 0 : TST_SEPARATE)
                                | (values.descriptorSense() ? D_SENSE : 0));
        page[3] = (byte) (pageControl == CHANGEABLE ? 0 : UNRESTRICTED_REORDERING);
        page[4] = (byte) (values.writeProtected() ? SWP : 0);
        page[5] = (byte) (pageControl == CHANGEABLE ? 0 : TAS);
        return page;
    }

    private static byte[] informationalExceptions(int pageControl) {
        byte[] page = page(INFORMATIONAL_EXCEPTIONS, true, 10);
        page[2] = (byte) (pageControl == CHANGEABLE ? 0 : DEXCPT); // none is ever reported
        return page;
    }
}
