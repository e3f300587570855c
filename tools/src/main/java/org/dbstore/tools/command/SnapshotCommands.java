package org.dbstore.tools.command;

import picocli.CommandLine.Command;

/** The verbs of snapshots. */
@Command(
        name = "snapshot",
        description = "List, take, delete, clone, compare, export and import snapshots.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            SnapshotList.class,
            SnapshotCreate.class,
            SnapshotDelete.class,
            SnapshotClone.class,
            SnapshotDiff.class,
            SnapshotExportCommand.class,
            SnapshotImportCommand.class,
            SnapshotImportToken.class,
            SnapshotImportDiscard.class
        })
final class SnapshotCommands {}
