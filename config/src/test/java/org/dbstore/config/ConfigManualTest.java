package org.dbstore.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import org.junit.jupiter.api.Test;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Goal: docs/config.md describes the keys there are. {@code -Dtidy.fix=true} rewrites its table.
 */
class ConfigManualTest {
    private static final String BEGIN = "<!-- reference: printed from ConfigKey -->\n";
    private static final String END = "<!-- end of reference -->";

    @Test
    void theDocumentHoldsTheTableOfKeys() throws Exception {
        Path document = Path.of("..", "docs", "config.md");
        String text = Files.readString(document);
        int begin = text.indexOf(BEGIN) + BEGIN.length();
        int end = text.indexOf(END);
        if (Boolean.getBoolean("tidy.fix")) {
            text = text.substring(0, begin) + ConfigManual.markdown() + text.substring(end);
            Files.writeString(document, text);
            end = text.indexOf(END);
        }
        assertEquals(ConfigManual.markdown(), text.substring(begin, end));
    }

    @Test
    void theCommentedExampleOfTheDocumentIsValid() throws Exception {
        String text = Files.readString(Path.of("..", "docs", "config.md"));
        int begin = text.indexOf("```yaml\n") + "```yaml\n".length();
        Path file = Files.createTempFile("example", ".yaml");
        try {
            Files.writeString(file, text.substring(begin, text.indexOf("```", begin)));
            assertFalse(ConfigReader.read(file).targets().isEmpty());
        } finally {
            Files.delete(file);
        }
    }
}
