package org.dbstore.tools.command;

import picocli.CommandLine.Command;

/** The verbs of devices. */
@Command(
        name = "device",
        description = "Make a store on a file or block device, or look at one.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {DeviceInit.class, DeviceShow.class, DeviceSpace.class, DeviceVacuum.class})
final class DeviceCommands {}
