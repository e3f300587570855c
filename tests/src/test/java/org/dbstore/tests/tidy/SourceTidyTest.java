package org.dbstore.tests.tidy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.JavaFormatterOptions.Style;

import org.dbstore.tests.support.Repository;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Goal: nobody argues about layout. Rewrites what is untidy under {@code -Dtidy.fix=true}. */
class SourceTidyTest {
    private static final Path ROOT = Repository.root();
    private static final boolean FIX = Boolean.getBoolean("tidy.fix");

    @Test
    void everySourceFileIsFormatted() throws Exception {
        var formatter = new Formatter(JavaFormatterOptions.builder().style(Style.AOSP).build());
        List<String> untidy = new ArrayList<>();
        for (Path file : javaFiles()) {
            String source = Files.readString(file);
            String formatted = formatter.formatSourceAndFixImports(source);
            if (formatted.equals(source)) {
                continue;
            }
            if (FIX) {
                Files.writeString(file, formatted);
            } else {
                untidy.add(ROOT.relativize(file).toString());
            }
        }
        assertEquals(List.of(), untidy, "run: mvn -q test -Dtidy.fix=true -Dtest=SourceTidyTest");
    }

    @Test
    void everyPackageTellsItsStory() throws Exception {
        List<String> silent =
                javaFiles().stream()
                        .map(Path::getParent)
                        .distinct()
                        .filter(folder -> folder.toString().contains("/src/main/"))
                        .filter(folder -> !Files.exists(folder.resolve("package-info.java")))
                        .map(folder -> ROOT.relativize(folder).toString())
                        .toList();
        assertEquals(List.of(), silent, "packages without package-info.java");
    }

    private static List<Path> javaFiles() throws IOException {
        List<Path> files = new ArrayList<>();
        try (Stream<Path> modules = Files.list(ROOT)) {
            for (Path module : modules.map(m -> m.resolve("src")).filter(Files::exists).toList()) {
                try (Stream<Path> walk = Files.walk(module)) {
                    walk.filter(file -> file.toString().endsWith(".java"))
                            .sorted()
                            .forEach(files::add);
                }
            }
        }
        assertFalse(files.isEmpty(), "no sources under " + ROOT);
        return files;
    }
}
