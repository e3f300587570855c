package org.dbstore.tools.command;

import picocli.CommandLine.Command;

/** The verbs of sessions. */
@Command(
        name = "session",
        description = "List, show and end the sessions of initiators.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {SessionList.class, SessionShow.class, SessionKill.class})
final class SessionCommands {}
