package org.dbstore.tools.command;

import picocli.CommandLine.Command;

/** The verbs of lun. */
@Command(
        name = "lun",
        description = "Show volumes and snapshots to initiators.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {LunList.class, LunShow.class, LunMap.class, LunSet.class, LunUnmap.class})
final class LunCommands {}
