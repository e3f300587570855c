package org.dbstore.config;

import org.apache.commons.configuration2.tree.ImmutableNode;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The file {@code conf.d/dbsctl.yaml} beside the main one, which programs edit: what {@code dbsctl
 * target create} and its like have said. An edit makes a text; the text is checked together with
 * the other files; then it is kept. Callers see to it that one edits at a time.
 */
public final class ManagedFile {
    private static final String HEADER =
            """
            # Kept by dbsctl and dbsd: what is written by hand here is read, but comments and layout
            # are lost with the next change. See "dbsctl config --help".
            """;

    private final Path main;
    private final ConfigFiles files;
    private final ImmutableNode users;
    private final Map<String, Object> keys;

    private ManagedFile(Path main, ImmutableNode users, Map<String, Object> keys) {
        this.main = main;
        this.files = new ConfigFiles(main);
        this.users = users;
        this.keys = keys;
    }

    /**
     * Reads the managed file of a configuration; it need not exist yet.
     *
     * @param mainFile the main file
     * @return to be edited
     * @throws ConfigException if a file of the configuration is not YAML
     */
    public static ManagedFile read(Path mainFile) throws ConfigException {
        Problems problems = new Problems();
        ConfigFiles files = new ConfigFiles(mainFile);
        ImmutableNode users = files.users(problems);
        ImmutableNode managed = files.managedTree(problems);
        problems.throwIfAny();
        return new ManagedFile(mainFile, users, ManagedTree.of(managed));
    }

    /**
     * Tells where it is.
     *
     * @return {@code conf.d/dbsctl.yaml} beside the main file
     */
    public Path path() {
        return files.managed();
    }

    /**
     * Makes edits, one after the other; nothing is kept or checked yet.
     *
     * @param edits all are made, or none
     * @return the file as it would be
     * @throws ConfigException if an edit touches what stands in a file of the user's, with that
     *     place; if what is to be removed is not there, or what is to be added is
     */
    public ManagedFile with(List<Edit> edits) throws ConfigException {
        Problems problems = new Problems();
        Map<String, Object> edited = ManagedTree.copy(keys);
        ManagedTree tree =
                new ManagedTree(new Place(path().toString(), 0), edited, users, problems);
        edits.forEach(tree::apply);
        problems.throwIfAny();
        return new ManagedFile(main, users, edited);
    }

    /** As {@link #with(List)}. */
    public ManagedFile with(Edit... edits) throws ConfigException {
        return with(List.of(edits));
    }

    /**
     * What it says.
     *
     * @return YAML
     */
    public String text() {
        return HEADER + YamlText.of(keys);
    }

    /**
     * Reads the configuration of which this is a part, kept or not.
     *
     * @return the whole of it
     * @throws ConfigException with every problem of every file
     */
    public DbsConfig check() throws ConfigException {
        return ConfigReader.read(main, text());
    }

    /**
     * Keeps it: afterwards, also after a power loss, the file holds {@link #text}; before that,
     * what it held. Only the owner may read it: who has the folder, also when root writes it.
     *
     * @throws IOException if it cannot be kept; the file holds the old or the new text, whole
     */
    public void write() throws IOException {
        Path folder = Objects.requireNonNull(path().toAbsolutePath().getParent());
        boolean isNew = !Files.exists(folder);
        Files.createDirectories(folder);
        if (isNew) {
            force(Objects.requireNonNull(folder.getParent()));
        }
        // Not named *.yaml, so that one that a power loss leaves behind is not read.
        Path draft = PrivateFiles.make(folder, "dbsctl", ".new", text());
        try {
            Files.move(draft, path(), StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(draft);
        }
        force(folder);
    }

    private static void force(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
