package org.dbstore.tools.command;

import picocli.CommandLine.Command;

/** The verbs of jobs. */
@Command(
        name = "job",
        description = "List, show and end long operations of a running server.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {JobList.class, JobShow.class, JobCancel.class})
final class JobCommands {}
