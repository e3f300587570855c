package org.dbstore.server.iscsi.session;

import static org.dbstore.server.iscsi.session.CommandWindow.Verdict.GAP;
import static org.dbstore.server.iscsi.session.CommandWindow.Verdict.IGNORE;
import static org.dbstore.server.iscsi.session.CommandWindow.Verdict.TAKE;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Goal: commands are taken in order and within the window (RFC 7143, section 4.2.2.1). */
class CommandWindowTest {
    private final CommandWindow window = new CommandWindow(100);

    @BeforeEach
    void open() {
        window.open(CommandWindow.SIZE_MAX);
    }

    /** MaxCmdSN, once told, cannot go back. */
    @Test
    void beforeItIsOpenedThereIsRoomForOneCommand() {
        assertEquals(100, new CommandWindow(100).maximum());
    }

    @Test
    void aSmallerWindowClosesSooner() {
        CommandWindow small = new CommandWindow(100);
        small.open(2);
        assertEquals(TAKE, small.arrive(100, false));
        assertEquals(TAKE, small.arrive(101, false));
        assertEquals(IGNORE, small.arrive(102, false));
        small.answered();
        assertEquals(TAKE, small.arrive(102, false));
    }

    @Test
    void theFirstCommandHasTheNumberOfTheLogin() {
        assertEquals(TAKE, window.arrive(100, false));
        assertEquals(101, window.expected());
    }

    @Test
    void aNumberThatWasHereIsIgnored() {
        window.arrive(100, false);
        assertEquals(IGNORE, window.arrive(100, false));
        assertEquals(101, window.expected());
    }

    @Test
    void aNumberBehindTheWindowIsIgnored() {
        assertEquals(IGNORE, window.arrive(100 + CommandWindow.SIZE_MAX, false));
    }

    @Test
    void aNumberAheadWithinTheWindowIsAGap() {
        assertEquals(GAP, window.arrive(101, false));
        assertEquals(GAP, window.arrive(99 + CommandWindow.SIZE_MAX, false));
    }

    @Test
    void anImmediateCommandDoesNotCount() {
        assertEquals(TAKE, window.arrive(100, true));
        assertEquals(100, window.expected());
    }

    @Test
    void theWindowClosesWhenNothingIsAnswered() {
        for (int i = 0; i < CommandWindow.SIZE_MAX; i++) {
            assertEquals(TAKE, window.arrive(100 + i, false));
        }
        assertEquals(window.expected() - 1, window.maximum());
        assertEquals(IGNORE, window.arrive(100 + CommandWindow.SIZE_MAX, false));
    }

    @Test
    void eachAnswerMovesTheWindowByOne() {
        int before = window.maximum();
        window.arrive(100, false);
        assertEquals(before, window.maximum());
        window.answered();
        assertEquals(before + 1, window.maximum());
    }

    @Test
    void numbersWrap() {
        CommandWindow wrapping = new CommandWindow(0xffffffff);
        wrapping.open(CommandWindow.SIZE_MAX);
        assertEquals(TAKE, wrapping.arrive(0xffffffff, false));
        assertEquals(TAKE, wrapping.arrive(0, false));
        assertEquals(1, wrapping.expected());
    }
}
