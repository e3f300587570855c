package org.dbstore.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Goal: what bin/dbsctl records at its first start is all that commands load. */
class StartTrainingTest {
    @Test
    void everyCommandOfTheTrainingDoesWhatItIsMeantTo() throws Exception {
        Process training =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                StartTraining.class.getName())
                        .redirectErrorStream(true)
                        .start();
        String said = new String(training.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, training.waitFor(), said);
    }
}
