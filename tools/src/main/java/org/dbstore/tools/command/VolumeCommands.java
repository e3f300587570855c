package org.dbstore.tools.command;

import picocli.CommandLine.Command;

/** The verbs of volumes. */
@Command(
        name = "volume",
        description = "List, make, label, change, delete, export and import volumes.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            VolumeList.class,
            VolumeShow.class,
            VolumeSpaceCommand.class,
            VolumeCreate.class,
            VolumeRename.class,
            VolumeLabel.class,
            VolumeResize.class,
            VolumeRollback.class,
            VolumeFlatten.class,
            VolumeDelete.class,
            VolumeExportCommand.class,
            VolumeImportCommand.class
        })
final class VolumeCommands {}
