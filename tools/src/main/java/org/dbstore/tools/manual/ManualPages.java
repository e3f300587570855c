package org.dbstore.tools.manual;

import org.dbstore.tools.command.Dbsctl;

import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes the manual pages of dbsctl, of each of its commands, and of dbsd; run by the build. */
public final class ManualPages {
    private static final int USERS = 1;
    private static final int ADMINISTRATORS = 8;

    private ManualPages() {}

    /**
     * Writes the pages.
     *
     * @param arguments the folder to write into
     */
    public static void main(String[] arguments) throws IOException {
        Path folder = Files.createDirectories(Path.of(arguments[0]));
        write(Dbsctl.specification(), USERS, folder);
        CommandSpec dbsd = new CommandLine(new org.dbstore.server.Main()).getCommandSpec();
        write(dbsd, ADMINISTRATORS, folder);
    }

    private static void write(CommandSpec command, int section, Path folder) throws IOException {
        ManualPage page = new ManualPage(command, section);
        Files.writeString(folder.resolve(page.fileName()), page.text());
        for (CommandSpec below : ManualPage.visible(command)) {
            write(below, section, folder);
        }
    }
}
