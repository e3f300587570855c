package org.dbstore.tools.command;

import picocli.CommandLine.Command;

/** The verbs of config. */
@Command(
        name = "config",
        description = "Check, plan, apply, show, import and edit the configuration.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            ConfigCheck.class,
            ConfigPlan.class,
            ConfigApply.class,
            ConfigDumpCommand.class,
            ConfigImportCommand.class,
            ConfigSet.class,
            ConfigUnset.class
        })
final class ConfigCommands {}
