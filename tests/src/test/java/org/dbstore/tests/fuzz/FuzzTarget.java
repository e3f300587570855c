package org.dbstore.tests.fuzz;

import org.dbstore.tests.support.Repository;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** What is fuzzed. The corpus of each is a folder of files, one input each. */
enum FuzzTarget {
    PDU_HEADER("pdu-header", PduHeaderFuzz.class, PduHeaderFuzz::fuzzerTestOneInput, 8192),
    TEXT_KEYS("text-keys", TextKeysFuzz.class, TextKeysFuzz::fuzzerTestOneInput, 8192),
    LOGIN("login", LoginMachineFuzz.class, LoginMachineFuzz::fuzzerTestOneInput, 8192),
    COMMAND("command", CommandFuzz.class, CommandFuzz::fuzzerTestOneInput, 4096),
    DEVICE_IMAGE("device-image", DeviceImageFuzz.class, DeviceImageFuzz::fuzzerTestOneInput, 512);

    /** Runs one input; what it throws is a find. */
    interface Execution {
        void run(byte[] input) throws Exception;
    }

    private final String word;
    private final Class<?> program;

    @SuppressWarnings("ImmutableEnumChecker") // a method reference: it has no state
    private final Execution execution;

    private final int bytesMax;

    FuzzTarget(String word, Class<?> program, Execution execution, int bytesMax) {
        this.word = word;
        this.program = program;
        this.execution = execution;
        this.bytesMax = bytesMax;
    }

    /** Finds one by its word. */
    static FuzzTarget named(String word) {
        return Arrays.stream(values())
                .filter(target -> target.word.equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no target " + word));
    }

    /** Its name, as in the command line and of its folder. */
    String word() {
        return word;
    }

    /** What Jazzer runs. */
    String className() {
        return program.getName();
    }

    /** Longest input that makes sense. */
    int bytesMax() {
        return bytesMax;
    }

    void run(byte[] input) throws Exception {
        execution.run(input);
    }

    /** Where its corpus lies in the repository. */
    Path corpus() {
        return Repository.root().resolve("tests/src/test/resources/fuzz").resolve(word);
    }

    /** The files of its corpus, by name. */
    List<Path> seeds() throws IOException {
        try (Stream<Path> files = Files.list(corpus())) {
            return files.sorted().toList();
        }
    }

    @Override
    public String toString() {
        return word;
    }
}
