package org.dbstore.tests.online;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.Shrink;
import org.dbstore.config.LunConfig;
import org.dbstore.tests.support.Cdb;
import org.dbstore.tests.support.Configs;
import org.dbstore.tests.support.Pdu;
import org.dbstore.tests.support.RawInitiator;
import org.dbstore.tests.support.TestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;

/** Goal: initiators that are logged in learn what is done to their volumes, and see it at once. */
@Timeout(60)
class OnlineChangeTest {
    private static final String OTHER_TARGET = "iqn.2026-01.org.dbstore.tests:more";
    private static final int LUN = TestServer.LUN;
    private static final int NEW_LUN = 5;
    private static final byte[] BLOCK = HexFormat.of().parseHex("5a".repeat(512));

    @TempDir Path folder;
    private TestServer server;
    private BlockStore device;
    private RawInitiator client;
    private RawInitiator other;

    @BeforeEach
    void logIn() throws Exception {
        LunConfig same = TestServer.lun(0, "data", 0, false, 512);
        server =
                TestServer.start(
                        folder,
                        List.of(
                                TestServer.target(TestServer.TARGET, TestServer.luns()),
                                TestServer.target(OTHER_TARGET, List.of(same))));
        device = Objects.requireNonNull(server.server().device("main"));
        client = RawInitiator.connect(server.address()).login(TestServer.TARGET);
        other = RawInitiator.connect(server.address()).login(OTHER_TARGET);
        assertEquals("CHECK 06/29/00", ready(client, LUN));
        assertEquals("CHECK 06/29/00", ready(client, TestServer.LARGE_BLOCK_LUN));
        assertEquals("CHECK 06/29/00", ready(other, 0));
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        other.close();
        server.close();
    }

    @Test
    void aVolumeThatGrowsIsLargerAtOnceOnEveryPath() throws Exception {
        device.resizeVolume("data", 2 * TestServer.VOLUME_BYTES, Shrink.REFUSED);
        assertEquals("CHECK 06/2A/09", ready(client, LUN));
        assertEquals("CHECK 06/2A/09", ready(other, 0));
        assertEquals(2 * TestServer.VOLUME_BYTES, capacity(client, LUN));
        assertEquals(2 * TestServer.VOLUME_BYTES, capacity(other, 0));
        int last = (int) (2 * TestServer.VOLUME_BYTES / 512) - 1;
        assertEquals("GOOD", client.write(LUN, Cdb.write10(last, 1), BLOCK).outcome());
        assertArrayEquals(BLOCK, other.read(0, Cdb.read10(last, 1), 512).data());
        assertEquals("GOOD", ready(client, TestServer.LARGE_BLOCK_LUN), "another volume");
    }

    @Test
    void whatIsBeyondTheEndOfAVolumeThatShrankIsOutOfRange() throws Exception {
        device.resizeVolume("data", TestServer.VOLUME_BYTES / 2, Shrink.UNMAPPED_ONLY);
        assertEquals("CHECK 06/2A/09", ready(client, LUN));
        int beyond = (int) (TestServer.VOLUME_BYTES / 2 / 512);
        assertEquals("CHECK 05/21/00", client.read(LUN, Cdb.read10(beyond, 1), 512).outcome());
        assertEquals(TestServer.VOLUME_BYTES / 2, capacity(client, LUN));
    }

    @Test
    void aRollbackIsToldAndItsContentsAreSeen() throws Exception {
        assertEquals("GOOD", client.write(LUN, Cdb.write10(0, 1), BLOCK).outcome());
        int snapshot = device.createSnapshot("data");
        assertEquals("GOOD", client.write(LUN, Cdb.write10(0, 1), new byte[512]).outcome());
        assertEquals("GOOD", ready(other, 0), "a snapshot changes nothing");
        device.rollback("data", snapshot, true);
        assertEquals("CHECK 06/28/00", ready(client, LUN));
        assertEquals("CHECK 06/28/00", ready(other, 0));
        assertEquals("GOOD", ready(client, LUN), "the size is as it was");
        assertArrayEquals(BLOCK, other.read(0, Cdb.read10(0, 1), 512).data());
    }

    @Test
    void anotherNameIsNothingThatInitiatorsSee() throws Exception {
        device.renameVolume("data", "renamed");
        assertEquals("GOOD", ready(client, LUN));
        assertEquals("GOOD", ready(other, 0));
    }

    @Test
    void whatOneTargetReservesTheOtherCannotWrite() throws Exception {
        assertEquals("GOOD", client.read(LUN, Cdb.hex("160000000000"), 0).outcome());
        assertEquals("STATUS 18", other.write(0, Cdb.write10(0, 1), BLOCK).outcome());
        client.close();
        long end = System.nanoTime() + 10_000_000_000L;
        while (server.server().sessionCount() > 1 && System.nanoTime() < end) {
            Thread.sleep(10);
        }
        assertEquals("GOOD", other.write(0, Cdb.write10(0, 1), BLOCK).outcome());
    }

    @Test
    void aResetThroughOneTargetIsSeenThroughTheOther() throws Exception {
        Pdu reset =
                client.fullFeatureRequest(Pdu.TASK_MANAGEMENT | Pdu.IMMEDIATE)
                        .put8(1, 0x85)
                        .lun(LUN)
                        .put32(20, Pdu.NO_TAG);
        assertEquals(0, client.exchange(reset).get8(2));
        assertEquals("CHECK 06/29/03", ready(client, LUN));
        assertEquals("CHECK 06/29/03", ready(other, 0));
    }

    @Test
    void aUnitIsMappedAndTakenAwayWhileTheServerRuns() throws Exception {
        device.createVolume("late", 8 << 20);
        LunConfig late = TestServer.lun(NEW_LUN, "late", 0, false, 512);
        server.change(config -> Configs.with(config, TestServer.TARGET, late));
        expectChangedLuns();
        assertEquals("CHECK 06/29/00", ready(client, NEW_LUN));
        assertEquals("GOOD", client.write(NEW_LUN, Cdb.write10(0, 1), BLOCK).outcome());
        assertEquals(8 << 20, capacity(client, NEW_LUN));

        server.change(config -> Configs.without(config, TestServer.TARGET, NEW_LUN));
        expectChangedLuns();
        assertEquals("CHECK 05/25/00", ready(client, NEW_LUN));
        device.deleteVolume("late"); // nobody uses it any more
        assertEquals("GOOD", ready(other, 0), "another target");
    }

    /** The message comes unasked; each unit that is left says so once, unless the list is asked. */
    private void expectChangedLuns() throws IOException {
        Pdu message = client.receive();
        assertEquals(Pdu.ASYNC_MESSAGE, message.opcode(), message::toString);
        assertEquals(0, message.get8(36), "SCSI event");
        assertEquals("CHECK 06/3F/0E", ready(client, LUN));
        assertEquals("GOOD", ready(client, LUN));
        assertEquals("GOOD", client.read(0, Cdb.reportLuns(256), 256).outcome());
        assertEquals("GOOD", ready(client, TestServer.LARGE_BLOCK_LUN));
    }

    @Test
    void aWriteThatWaitsForItsDataIsToldThatItsUnitIsTakenAway() throws Exception {
        client.send(client.scsiCommand(LUN, Cdb.write10(0, 512), 0x20, 512 * 512));
        assertEquals(Pdu.R2T, client.receive().opcode());
        int write = client.currentTaskTag();
        server.change(config -> Configs.without(config, TestServer.TARGET, LUN));
        assertEquals("CHECK 05/25/00", client.finish(LUN, new byte[0], 0).outcome());
        assertEquals(Pdu.ASYNC_MESSAGE, client.receive().opcode());
        // Data that were on their way are thrown away, and there is no second answer.
        client.send(client.dataOut(LUN, 1, 0, 0, BLOCK, true).taskTag(write));
        assertEquals("CHECK 05/25/00", ready(client, LUN));
        assertEquals("GOOD", other.write(0, Cdb.write10(0, 1), BLOCK).outcome());
    }

    @Test
    void whatCannotBeMappedIsRefusedAndNothingChanges() throws Exception {
        assertRefused(BackendError.INVALID, "data", 4096);
        assertRefused(BackendError.NOT_FOUND, "none", 512);
        assertEquals("GOOD", ready(client, LUN));
    }

    private void assertRefused(BackendError error, String volume, int blockBytes) {
        LunConfig lun = TestServer.lun(NEW_LUN, volume, 0, false, blockBytes);
        BackendException refused =
                assertThrows(
                        BackendException.class,
                        () -> server.change(c -> Configs.with(c, TestServer.TARGET, lun)));
        assertEquals(error, refused.error(), refused::getMessage);
    }

    private static long capacity(RawInitiator session, int lun) throws IOException {
        ByteBuffer data = ByteBuffer.wrap(session.read(lun, Cdb.readCapacity16(), 32).data());
        return (data.getLong(0) + 1) * data.getInt(8);
    }

    private static String ready(RawInitiator session, int lun) throws IOException {
        return session.read(lun, Cdb.testUnitReady(), 0).outcome();
    }
}
