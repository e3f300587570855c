package org.dbstore.tools.command;

import picocli.CommandLine.Command;

/** The verbs of snapshots. */
@Command(
        name = "snapshot",
        description =
                "List, show, take, rename, label, delete, clone, compare, export and import"
                        + " snapshots.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            SnapshotList.class,
            SnapshotShow.class,
            SnapshotCreate.class,
            SnapshotRename.class,
            SnapshotLabel.class,
            SnapshotDelete.class,
            SnapshotClone.class,
            SnapshotDiff.class,
            SnapshotExportCommand.class,
            SnapshotImportCommand.class,
            SnapshotImportToken.class,
            SnapshotImportDiscard.class
        })
final class SnapshotCommands {}
