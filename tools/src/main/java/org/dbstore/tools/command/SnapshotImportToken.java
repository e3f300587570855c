package org.dbstore.tools.command;

import static org.dbstore.tools.output.Column.text;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.Store;
import org.dbstore.backend.stream.StreamToken;
import org.dbstore.tools.CommandFailure;
import org.dbstore.tools.ExitCode;
import org.dbstore.tools.output.Column;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

import java.util.List;

/** Tells where an import broke off. */
@Command(
        name = "import-token",
        description = "Print where an import broke off, for 'snapshot export --resume-at'.",
        footer = {"", "Example:", "  dbsctl snapshot import-token vm1"})
final class SnapshotImportToken extends StoreQuery {
    private record Token(String volume, String token) {}

    private static final List<Column<Token>> COLUMNS =
            List.of(text("volume", "VOLUME", Token::volume), text("token", "TOKEN", Token::token));

    @Parameters(paramLabel = "VOLUME", description = "Name of the volume.")
    String name = "";

    @Override
    void run(Store store) throws BackendException, CommandFailure {
        StreamToken token =
                store.importToken(name)
                        .orElseThrow(() ->
                                new CommandFailure(
                                        ExitCode.NOT_FOUND,
                                        name + " holds no part of an import",
                                        "begin one by 'dbsctl snapshot import'"));
        dbsctl().printer().done(token.toString(), COLUMNS, new Token(name, token.toString()));
    }
}
