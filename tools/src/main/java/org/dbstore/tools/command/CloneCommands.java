package org.dbstore.tools.command;

import picocli.CommandLine.Command;

/** The verbs of clones. */
@Command(
        name = "clone",
        description = "Make volumes of snapshots, and list those that share space with one.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {CloneList.class, CloneCreate.class})
final class CloneCommands {}
