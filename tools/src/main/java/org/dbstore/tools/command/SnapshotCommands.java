package org.dbstore.tools.command;

import picocli.CommandLine.Command;

/** The verbs of snapshots. */
@Command(
        name = "snapshot",
        description = "List, take, rename, label, delete and clone snapshots.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            SnapshotList.class,
            SnapshotCreate.class,
            SnapshotRename.class,
            SnapshotLabel.class,
            SnapshotDelete.class,
            SnapshotClone.class
        })
final class SnapshotCommands {}
