package org.dbstore.tools.command;

import picocli.CommandLine.Command;

/** The verbs of auth. */
@Command(
        name = "auth",
        description = "Manage groups of CHAP users.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            AuthList.class,
            AuthShow.class,
            AuthAdd.class,
            AuthSet.class,
            AuthRemove.class
        })
final class AuthCommands {}
