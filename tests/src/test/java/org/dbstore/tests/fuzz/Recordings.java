package org.dbstore.tests.fuzz;

import org.dbstore.tests.support.Cdb;
import org.dbstore.tests.support.ChapInitiator;
import org.dbstore.tests.support.Pdu;
import org.dbstore.tests.support.RawInitiator;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/** What initiators that mean well do, recorded with the server at hand. */
final class Recordings {
    private static final int LUN = ArenaServer.LUN;
    private static final int ORDERED = 0x02;
    private static final int SNACK = 0x10;

    private Recordings() {}

    /** Plays and records them all. */
    static List<List<RecordedPdu>> make(InetSocketAddress address) throws Exception {
        List<Recorder.Script> scripts =
                List.of(
                        Recordings::readAndWrite,
                        Recordings::dataUnasked,
                        Recordings::digests,
                        Recordings::chap,
                        Recordings::mutualChap,
                        Recordings::discovery,
                        Recordings::taskManagement,
                        Recordings::reservation,
                        Recordings::copies,
                        Recordings::pages);
        List<List<RecordedPdu>> all = new ArrayList<>();
        for (Recorder.Script script : scripts) {
            all.add(Recorder.record(address, script));
        }
        return all;
    }

    /** Sessions with a PDU of each type, as short as may be. */
    static List<List<RecordedPdu>> makeShort(InetSocketAddress address) throws Exception {
        List<List<RecordedPdu>> all = new ArrayList<>();
        all.add(Recorder.record(address, door -> everyType(door, "InitialR2T=No")));
        all.add(
                Recorder.record(
                        address,
                        door ->
                                everyType(
                                        door,
                                        "InitialR2T=No",
                                        "HeaderDigest=CRC32C",
                                        "DataDigest=CRC32C")));
        all.add(Recorder.record(address, Recordings::mutualChap));
        all.add(Recorder.record(address, Recordings::discovery));
        return all;
    }

    private static void everyType(InetSocketAddress address, String... more) throws IOException {
        try (RawInitiator client = login(address, more)) {
            byte[] block = new byte[512];
            Pdu write = client.scsiCommand(LUN, Cdb.write10(256, 2), 0x20, 1024);
            client.send(write.put8(1, 0x20).data(block));
            client.send(client.dataOut(LUN, Pdu.NO_TAG, 0, 512, block, true));
            client.finish(LUN, new byte[0], 0);
            client.write(LUN, Cdb.write10(258, 1), block);
            client.read(LUN, Cdb.read10(256, 1), 512);
            client.exchange(client.fullFeatureRequest(Pdu.NOP_OUT).data(new byte[5]));
            client.exchange(
                    client.fullFeatureRequest(Pdu.TASK_MANAGEMENT | Pdu.IMMEDIATE)
                            .put8(1, 0x81)
                            .lun(LUN)
                            .put32(20, 99));
            client.exchange(client.fullFeatureRequest(Pdu.TEXT).text(List.of("SendTargets=")));
            client.exchange(client.fullFeatureRequest(SNACK | Pdu.IMMEDIATE));
            client.logout();
        }
    }

    private static List<String> keys(String target, String... more) {
        List<String> keys = new ArrayList<>();
        keys.add("InitiatorName=" + ArenaServer.ATTACKER);
        keys.add("TargetName=" + target);
        keys.add("SessionType=Normal");
        keys.addAll(List.of(more));
        return keys;
    }

    private static RawInitiator login(InetSocketAddress address, String... more)
            throws IOException {
        RawInitiator client = RawInitiator.connect(address);
        List<String> keys = keys(ArenaServer.OPEN, more);
        keys.add("MaxRecvDataSegmentLength=" + RawInitiator.RECEIVE_BYTES_MAX);
        client.enterFullFeature(client.exchange(client.loginRequest(1, 3, keys)));
        client.read(LUN, Cdb.testUnitReady(), 0);
        return client;
    }

    private static void readAndWrite(InetSocketAddress address) throws IOException {
        try (RawInitiator client = login(address)) {
            client.read(LUN, Cdb.inquiry(96), 96);
            client.read(LUN, Cdb.readCapacity16(), 32);
            client.write(LUN, Cdb.write10(64, 16), new byte[8192]);
            client.read(LUN, Cdb.read10(64, 16), 8192);
            client.exchange(client.fullFeatureRequest(Pdu.NOP_OUT).data(new byte[40]));
            client.write(LUN, Cdb.write16(128, 64), new byte[32768]);
            client.read(LUN, Cdb.read16(0, 256), 131072);
            client.read(LUN, Cdb.synchronizeCache10(), 0);
            client.logout();
        }
    }

    private static void dataUnasked(InetSocketAddress address) throws IOException {
        try (RawInitiator client = login(address, "InitialR2T=No", "ImmediateData=Yes")) {
            byte[] half = new byte[4096];
            Pdu write = client.scsiCommand(LUN, Cdb.write10(256, 16), 0x20, 8192);
            client.send(write.put8(1, 0x20).data(half));
            client.send(client.dataOut(LUN, Pdu.NO_TAG, 0, 4096, half, true));
            client.finish(LUN, new byte[0], 0);
            Pdu small = client.scsiCommand(LUN, Cdb.write10(300, 1), 0x20, 512);
            client.send(small.put8(1, 0xa0 | ORDERED).data(new byte[512]));
            client.finish(LUN, new byte[0], 0);
            client.exchange(
                    client.fullFeatureRequest(Pdu.NOP_OUT | Pdu.IMMEDIATE).data(new byte[4]));
            client.read(LUN, Cdb.read10(256, 16), 8192);
            client.logout();
        }
    }

    private static void digests(InetSocketAddress address) throws IOException {
        try (RawInitiator client = login(address, "HeaderDigest=CRC32C", "DataDigest=CRC32C")) {
            client.write(LUN, Cdb.write10(512, 16), new byte[8192]);
            client.read(LUN, Cdb.read10(512, 16), 8192);
            client.exchange(client.fullFeatureRequest(Pdu.NOP_OUT).data(new byte[13]));
            client.logout();
        }
    }

    private static void chap(InetSocketAddress address) throws IOException {
        try (RawInitiator client = RawInitiator.connect(address)) {
            new ChapInitiator(client).login(keys(ArenaServer.LOCKED), "one", ArenaServer.SECRET);
            client.read(LUN, Cdb.testUnitReady(), 0);
            client.read(LUN, Cdb.read10(0, 8), 4096);
            client.logout();
        }
    }

    private static void mutualChap(InetSocketAddress address) throws IOException {
        try (RawInitiator client = RawInitiator.connect(address)) {
            ChapInitiator chap = new ChapInitiator(client);
            chap.offer(keys(ArenaServer.LOCKED)).challenge("8,7,6,5");
            chap.respond(
                    "both",
                    chap.response(ArenaServer.SECRET),
                    "CHAP_I=9",
                    "CHAP_C=0x00112233445566778899aabbccddeeff");
            chap.operational();
            client.read(LUN, Cdb.testUnitReady(), 0);
            client.logout();
        }
    }

    private static void discovery(InetSocketAddress address) throws IOException {
        try (RawInitiator client = RawInitiator.connect(address)) {
            List<String> keys =
                    List.of("InitiatorName=" + ArenaServer.ATTACKER, "SessionType=Discovery");
            client.enterFullFeature(client.exchange(client.loginRequest(1, 3, keys)));
            client.exchange(client.fullFeatureRequest(Pdu.TEXT).text(List.of("SendTargets=All")));
            client.logout();
        }
    }

    private static void taskManagement(InetSocketAddress address) throws IOException {
        try (RawInitiator client = login(address, "iSCSIProtocolLevel=2")) {
            client.send(client.scsiCommand(LUN, Cdb.write10(64, 16), 0x20, 8192));
            client.receive();
            int tag = client.currentTaskTag();
            for (int function : new int[] {9, 1, 2, 4, 5, 10, 12}) {
                client.exchange(
                        client.fullFeatureRequest(Pdu.TASK_MANAGEMENT | Pdu.IMMEDIATE)
                                .put8(1, 0x80 | function)
                                .lun(LUN)
                                .put32(20, tag));
            }
            client.read(LUN, Cdb.testUnitReady(), 0);
            client.logout();
        }
    }

    private static void reservation(InetSocketAddress address) throws IOException {
        try (RawInitiator client = login(address)) {
            byte[] register = new byte[24];
            register[15] = 7;
            byte[] reserve = new byte[24];
            reserve[7] = 7;
            client.write(LUN, Cdb.hex("5f06 0000 0000 0000 1800"), register);
            client.write(LUN, Cdb.hex("5f01 0100 0000 0000 1800"), reserve);
            client.read(LUN, Cdb.hex("5e03 0000 0000 0004 0000"), 1024);
            client.write(LUN, Cdb.hex("5f03 0000 0000 0000 1800"), reserve);
            client.logout();
        }
    }

    private static void copies(InetSocketAddress address) throws IOException {
        try (RawInitiator client = login(address)) {
            byte[] ranges =
                    Cdb.hex(
                            "001e 0000 00000000 00000000 0000 0010"
                                    + "0000000000000000 00000008 00000000");
            client.write(LUN, Cdb.hex("8310 00000000 00000001 00000020 0000"), ranges);
            byte[] information =
                    client.read(LUN, Cdb.hex("8407 00000001 00000000 00000400 0000"), 1024).data();
            byte[] use = new byte[552];
            use[0] = 2;
            use[1] = 0x26;
            System.arraycopy(information, 38, use, 16, 512);
            use[535] = 16;
            use[543] = 64;
            use[547] = 8;
            client.write(LUN, Cdb.hex("8311 00000000 00000002 00000228 0000"), use);
            client.write(
                    LUN,
                    Cdb.unmap(24),
                    Cdb.hex("0016 0010 00000000 0000000000000800 00000100 00000000"));
            client.write(LUN, Cdb.writeSame16(4096, 128), new byte[512]);
            client.logout();
        }
    }

    private static void pages(InetSocketAddress address) throws IOException {
        try (RawInitiator client = login(address)) {
            client.read(0, Cdb.reportLuns(256), 256);
            for (int page : new int[] {0x00, 0x80, 0x83, 0xb0, 0xb1, 0xb2, 0x8f}) {
                client.read(LUN, Cdb.vitalProductData(page, 512), 512);
            }
            client.read(LUN, Cdb.hex("5a003f0000000004 0000"), 1024);
            client.read(LUN, Cdb.hex("a30c000000000000 4000 0000"), 16384);
            client.read(LUN, Cdb.hex("9e12 0000000000000000 00000400 0000"), 1024);
            client.logout();
        }
    }
}
