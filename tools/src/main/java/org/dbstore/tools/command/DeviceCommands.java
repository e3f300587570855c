package org.dbstore.tools.command;

import picocli.CommandLine.Command;

/** The verbs of devices. */
@Command(
        name = "device",
        description =
                "List devices, make a store on a file or block device, look at one, or repair it.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            DeviceList.class,
            DeviceInit.class,
            DeviceShow.class,
            DeviceSpace.class,
            DeviceVacuum.class,
            DeviceCheckCommand.class,
            DeviceRepairCommand.class,
            DeviceDumpCommand.class,
            DeviceRestoreCommand.class
        })
final class DeviceCommands {}
