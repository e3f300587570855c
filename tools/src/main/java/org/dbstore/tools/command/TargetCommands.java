package org.dbstore.tools.command;

import picocli.CommandLine.Command;

/** The verbs of target. */
@Command(
        name = "target",
        description = "Make, list, change and take away targets.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            TargetList.class,
            TargetShow.class,
            TargetCreate.class,
            TargetSet.class,
            TargetDelete.class
        })
final class TargetCommands {}
