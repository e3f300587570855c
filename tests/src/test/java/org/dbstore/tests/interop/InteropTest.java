package org.dbstore.tests.interop;

import org.dbstore.tests.support.CommandLine;
import org.dbstore.tests.support.Folders;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * {@code bin/interop-test}: random lives of a device, read at their end by a reader of the format
 * that shares no code with the engine.
 */
public final class InteropTest {
    private static final int DIFFERENT = 1;
    private static final int USAGE = 2;
    private static final int SCRIPTS = 20;
    private static final int SECTOR = 512;

    private InteropTest() {}

    /** Runs it; see {@code bin/interop-test --help}. */
    public static void main(String[] arguments) throws Exception {
        long scripts;
        long seed;
        boolean damaged;
        CommandLine line;
        try {
            line = new CommandLine(Set.of("--scripts", "--seed", "--break", "--dir"), arguments);
            scripts = line.number("--scripts", SCRIPTS);
            seed = line.number("--seed", System.nanoTime() & 0xffffff);
            damaged = line.word("--break").isPresent();
            if (damaged && !line.word("--break").orElseThrow().equals("data")) {
                throw new IllegalArgumentException("--break wants data");
            }
        } catch (IllegalArgumentException e) {
            System.err.println("interop-test: " + e.getMessage());
            System.exit(USAGE);
            return;
        }
        long begin = System.nanoTime();
        Path folder = Folders.create(line.word("--dir"), "dbs-interop");
        int different = 0;
        for (long script = seed; script < seed + scripts; script++) {
            if (!isEqual(script, folder.resolve("main.dbs"), damaged)) {
                different++;
                System.out.println(
                        "interop-test: again: bin/interop-test --scripts 1 --seed " + script);
            }
        }
        Folders.delete(folder);
        System.out.println(
                "interop-test: %d scripts, %d different, seed %d, %d s"
                        .formatted(
                                scripts,
                                different,
                                seed,
                                (System.nanoTime() - begin) / 1_000_000_000));
        System.exit(different == 0 ? 0 : DIFFERENT);
    }

    private static boolean isEqual(long seed, Path device, boolean damaged) throws Exception {
        Files.deleteIfExists(device);
        Script script = new Script(device, seed);
        try {
            script.run();
            if (damaged) {
                damage(device, script);
            }
            List<String> different = IndependentReader.differences(device, script.model());
            if (different.isEmpty()) {
                return true;
            }
            System.out.println("interop-test: seed " + seed + ": " + different);
        } catch (Exception | AssertionError e) {
            System.out.println("interop-test: seed " + seed + ": " + e);
        }
        script.log().forEach(operation -> System.out.println("    " + operation));
        return false;
    }

    /** Changes one byte of what a volume holds. */
    private static void damage(Path device, Script script) throws IOException {
        byte[] image = Files.readAllBytes(device);
        for (ModelVolume volume : script.model().values()) {
            byte[] contents = volume.head();
            for (int at = 0; at < contents.length; at += SECTOR) {
                if (contents[at] != 0) {
                    int found = find(image, contents, at);
                    image[found + 1] ^= 1;
                    Files.write(device, image);
                    return;
                }
            }
        }
    }

    private static int find(byte[] image, byte[] contents, int from) {
        for (int at = 0; at < image.length; at += SECTOR) {
            if (Arrays.equals(image, at, at + SECTOR, contents, from, from + SECTOR)) {
                return at;
            }
        }
        throw new IllegalStateException("the contents are not in the image as they are");
    }
}
