package org.dbstore.tools.command;

import picocli.CommandLine.Command;

/** Makes a volume of a snapshot: the same as {@code snapshot clone}. */
@Command(
        name = "create",
        footer = {
            "",
            "Examples:",
            "  dbsctl clone create vm1@3 vm1-test",
            "  dbsctl clone create vm1 vm1-test --linked     of a new snapshot, which stays"
        })
final class CloneCreate extends SnapshotClone {}
