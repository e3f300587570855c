package org.dbstore.server.scsi;

/** The commands the target supports, one row each. (Skeleton.) */
public enum ScsiCommand {}
