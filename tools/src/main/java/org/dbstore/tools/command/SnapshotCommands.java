package org.dbstore.tools.command;

import picocli.CommandLine.Command;

/** The verbs of snapshots. */
@Command(
        name = "snapshot",
        description = "List, take, delete and clone snapshots.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            SnapshotList.class,
            SnapshotCreate.class,
            SnapshotDelete.class,
            SnapshotClone.class
        })
final class SnapshotCommands {}
