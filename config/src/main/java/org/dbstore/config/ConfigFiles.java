package org.dbstore.config;

import org.apache.commons.configuration2.tree.ImmutableNode;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.SortedSet;
import java.util.TreeSet;

/** The files of a configuration: the main one, and the {@code conf.d/*.yaml} beside it. */
final class ConfigFiles {
    /** In {@code conf.d}, written by programs. */
    private static final String MANAGED_NAME = "dbsctl.yaml";

    private final Path main;

    ConfigFiles(Path main) {
        this.main = main;
    }

    /** What relative paths are relative to. */
    Path directory() {
        Path directory = main.toAbsolutePath().normalize().getParent();
        return directory == null ? Path.of("/") : directory;
    }

    Path managed() {
        return main.resolveSibling("conf.d").resolve(MANAGED_NAME);
    }

    /** All files, put together. */
    ImmutableNode all(Problems problems) {
        return merged(users(problems), managedTree(problems), problems);
    }

    /** All files, with a text that stands for the managed one, whether that exists or not. */
    ImmutableNode with(String managedText, Problems problems) {
        return merged(
                users(problems), parse(managedText, managed().toString(), problems), problems);
    }

    /** All files but the managed one. */
    ImmutableNode users(Problems problems) {
        ImmutableNode tree = load(main, problems);
        FileMerger merger = new FileMerger(problems);
        for (Path part : parts(problems)) {
            if (!part.equals(managed())) {
                tree = merger.merge(tree, load(part, problems));
            }
        }
        return tree;
    }

    /** The managed file; empty if it does not exist. */
    ImmutableNode managedTree(Problems problems) {
        return Files.exists(managed())
                ? load(managed(), problems)
                : parse("", managed().toString(), problems);
    }

    private static ImmutableNode merged(
            ImmutableNode users, ImmutableNode managed, Problems problems) {
        return new FileMerger(problems).extend(users, managed);
    }

    static ImmutableNode parse(String text, String file, Problems problems) {
        LocatedYaml yaml = new LocatedYaml(file, problems);
        yaml.read(new StringReader(text));
        return yaml.root();
    }

    private SortedSet<Path> parts(Problems problems) {
        SortedSet<Path> parts = new TreeSet<>();
        Path directory = main.resolveSibling("conf.d");
        if (!Files.isDirectory(directory)) {
            return parts;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                String name = String.valueOf(file.getFileName());
                if (name.endsWith(".yaml")) {
                    parts.add(file);
                } else if (name.endsWith(".yml")) {
                    problems.add(new Place(file.toString(), 0), "", "is not read; name it .yaml");
                }
            }
        } catch (IOException e) {
            problems.add(
                    new Place(directory.toString(), 0),
                    "",
                    "cannot be listed: " + e.getMessage() + "; check its permissions");
        }
        return parts;
    }

    private static ImmutableNode load(Path file, Problems problems) {
        Place place = new Place(file.toString(), 0);
        try {
            return parse(Files.readString(file), file.toString(), problems);
        } catch (NoSuchFileException e) {
            problems.add(place, "", "does not exist; name the configuration file");
        } catch (CharacterCodingException e) {
            problems.add(place, "", "is not text in UTF-8; save it as UTF-8");
        } catch (IOException e) {
            problems.add(
                    place,
                    "",
                    "cannot be read: " + e.getMessage() + "; name a file that can be read");
        }
        return parse("", file.toString(), problems);
    }
}
