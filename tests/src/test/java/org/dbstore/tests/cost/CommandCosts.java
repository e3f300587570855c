package org.dbstore.tests.cost;

import org.dbstore.tests.support.Cdb;
import org.dbstore.tests.support.Folders;
import org.dbstore.tests.support.Pdu;
import org.dbstore.tests.support.RawInitiator;
import org.dbstore.tests.support.TestServer;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Measures what commands cost a server in this process, over a socket of the loopback. In a process
 * of its own: what the compiler makes of the server depends on all that ran before, and on what
 * looks over its shoulder.
 *
 * <p>What is not compiled yet costs more, and something else may run in the server's threads now
 * and then; so of several rounds the least counts.
 */
final class CommandCosts {
    /** Allocated for each {@link CommandCost#WASTEFUL_READ}, its header included. */
    static final int WASTED_BYTES = 256;

    private static final int ARRAY_HEADER_BYTES = 16;
    private static final int ROUNDS = 10;
    private static final int COMMANDS = 2048;
    private static final int BLOCKS = 256;
    private static final int READ_FLAG = 0x40;
    private static final int WRITE_FLAG = 0x20;

    /** Where the waste goes, lest it be none. */
    static volatile byte[] waste = new byte[0];

    private final RawInitiator client;

    /** One of the server's threads by its name. */
    private final ExecutorService waster =
            Executors.newSingleThreadExecutor(
                    Thread.ofPlatform().daemon().name("dbs-waste").factory());

    private final Map<CommandCost, Cost> least = new EnumMap<>(CommandCost.class);

    /** Of one command. */
    record Cost(double allocatedBytes, double transfers) {
        /** As a line of output. */
        String text(CommandCost command) {
            return String.format(
                    Locale.ROOT, "cost %s %.3f %.3f", command, allocatedBytes, transfers);
        }

        private Cost least(Cost other) {
            return new Cost(
                    Math.min(allocatedBytes, other.allocatedBytes),
                    Math.min(transfers, other.transfers));
        }
    }

    private CommandCosts(RawInitiator client) {
        this.client = client;
    }

    /** Prints a line for each command, made by {@link Cost#text}. */
    public static void main(String[] arguments) throws Exception {
        Path folder = Folders.create(memory(), "dbs-cost");
        try (TestServer server = TestServer.start(folder);
                RawInitiator client = server.session()) {
            CommandCosts costs = new CommandCosts(client);
            costs.run();
            costs.least.forEach((command, cost) -> System.out.println(cost.text(command)));
        } finally {
            Folders.delete(folder);
        }
    }

    /** A file system in memory, if there is one: what is counted is the same, and it is fast. */
    private static Optional<String> memory() {
        Path memory = Path.of("/dev/shm");
        return Files.isWritable(memory) ? Optional.of(memory.toString()) : Optional.empty();
    }

    private void run() throws Exception {
        for (int lun : new int[] {TestServer.LUN, TestServer.LARGE_BLOCK_LUN}) {
            client.read(lun, Cdb.testUnitReady(), 0); // says that the power has been on
        }
        round(CommandCost.DURABLE_WRITE); // so that there is something to read
        for (int i = 0; i < ROUNDS; i++) {
            for (CommandCost command : CommandCost.values()) {
                least.merge(command, measure(command), Cost::least);
            }
        }
    }

    private Cost measure(CommandCost command) throws Exception {
        ServerWork before = ServerWork.now();
        if (command == CommandCost.WASTEFUL_READ) {
            waster.submit(CommandCosts::wastefully).get();
        }
        round(command);
        ServerWork after = ServerWork.now();
        return new Cost(
                (double) after.allocatedBytesSince(before) / COMMANDS,
                (double) after.transfersSince(before) / COMMANDS);
    }

    private static void wastefully() {
        for (int i = 0; i < COMMANDS; i++) {
            waste = new byte[WASTED_BYTES - ARRAY_HEADER_BYTES];
        }
    }

    private void round(CommandCost command) throws IOException {
        for (int i = 0; i < COMMANDS; i += command.depth()) {
            ByteArrayOutputStream requests = new ByteArrayOutputStream();
            for (int j = 0; j < command.depth(); j++) {
                requests.writeBytes(client.wire(request(command, (i + j) % BLOCKS)));
            }
            client.send(requests.toByteArray());
            for (int j = 0; j < command.depth(); j++) {
                Pdu answer = client.receive();
                int expected = command.isWrite() ? Pdu.SCSI_RESPONSE : Pdu.DATA_IN;
                if (answer.opcode() != expected || answer.get8(3) != 0) {
                    throw new AssertionError(command + " ends as " + answer);
                }
            }
        }
    }

    private Pdu request(CommandCost command, int index) {
        int blocks = command.lun() == TestServer.LARGE_BLOCK_LUN ? 1 : 8;
        int lba = index * blocks;
        return command.isWrite()
                ? client.scsiCommand(
                                command.lun(),
                                Cdb.write10(lba, blocks),
                                WRITE_FLAG,
                                CommandCost.BYTES)
                        .data(new byte[CommandCost.BYTES])
                : client.scsiCommand(
                        command.lun(), Cdb.read10(lba, blocks), READ_FLAG, CommandCost.BYTES);
    }
}
