package org.dbstore.tools.command;

import picocli.CommandLine.Command;

/** The verbs of acl. */
@Command(
        name = "acl",
        description = "List, show, let in and keep out initiators.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {AclList.class, AclShow.class, AclAdd.class, AclRemove.class})
final class AclCommands {}
