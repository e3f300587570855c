package org.dbstore.tools.command;

import picocli.CommandLine.Command;

/** The verbs of portal. */
@Command(
        name = "portal",
        description = "List, add and remove addresses to listen at.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {PortalList.class, PortalAdd.class, PortalRemove.class})
final class PortalCommands {}
