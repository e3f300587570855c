package org.dbstore.config;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The keys of a configuration file. The reference in docs/config.md, the check for unknown keys and
 * the choice of values all come from this table.
 */
public enum ConfigKey {
    /** All devices. */
    DEVICES("devices", "map", "none", "The files and block devices that hold volumes, by name."),
    /** Where a device is. */
    DEVICE_PATH(
            "devices.NAME.path",
            "path",
            "required",
            "The file or block device. A relative path is relative to the configuration file."),
    /** How large a device is made. */
    DEVICE_SIZE(
            "devices.NAME.size",
            "size",
            "do not create",
            "Size of the sparse file that is created if the path does not exist; an existing device"
                    + " is never resized."),
    /** How a device is read and written. */
    DEVICE_IO(
            "devices.NAME.io",
            "choice",
            "buffered",
            "The way to the medium: through the page cache, or past it (O_DIRECT).",
            "buffered",
            "direct"),
    /** Volumes to create. */
    DEVICE_VOLUMES(
            "devices.NAME.volumes",
            "map",
            "none",
            "Volumes that are created if absent: name and size. A configuration never deletes,"
                    + " renames or resizes a volume."),
    /** When initiators are told that the device fills. */
    DEVICE_SOFT_THRESHOLD(
            "devices.NAME.soft-threshold",
            "1..100",
            "never",
            "Percentage of the device in use at which the initiators of all its writable volumes"
                    + " are told once (thin provisioning soft threshold; ESXi warns, Windows logs"
                    + " it)."),
    /** When initiators are told that a volume fills. */
    VOLUME_SOFT_THRESHOLDS(
            "devices.NAME.volume-soft-thresholds",
            "map",
            "never",
            "The same for volumes: by name of a volume the percentage of its size that is mapped."),
    /** How the server is administered. */
    ADMIN(
            "admin",
            "map",
            "loopback, any free port",
            "How the running server is administered, by dbsctl, by programs and in a browser."),
    /** Where the admin API listens. */
    ADMIN_LISTEN(
            "admin.listen",
            "address or off",
            "127.0.0.1:0",
            "ADDRESS:PORT of the admin API; port 0 takes any free one. Beyond loopback it needs"
                    + " certificate and key."),
    /** Where the server says how it is reached. */
    ADMIN_RUNTIME_DIR(
            "admin.runtime-dir",
            "path",
            "/run/dbs for root",
            "Folder in which the running server says, to its own user, how it is reached. Without"
                    + " it: RUNTIME_DIRECTORY of the environment, /run/dbs, dbs in XDG_RUNTIME_DIR,"
                    + " or a folder of the user in the one for temporary files."),
    /** What clients show. */
    ADMIN_TOKEN_FILE(
            "admin.token-file",
            "path",
            "a new token at each start",
            "File of mode 0600 with the token that clients show, 32 characters or more."),
    /** With what the server proves itself. */
    ADMIN_CERTIFICATE(
            "admin.certificate", "path", "no TLS", "Certificate chain of the admin API, PEM."),
    /** The certificate's. */
    ADMIN_KEY(
            "admin.key",
            "path",
            "no TLS",
            "Private key of the certificate, PKCS #8, PEM; only its owner may read it."),
    /** Who may read metrics. */
    ADMIN_METRICS(
            "admin.metrics",
            "choice",
            "token",
            "Who may read /metrics: those who show the token, or everybody who reaches it.",
            "token",
            "open"),
    /** What is logged. */
    LOG("log", "map", "text", "What is logged, and how."),
    /** How a line looks. */
    LOG_FORMAT(
            "log.format",
            "choice",
            "text",
            "Lines for people, or one JSON object a line.",
            "text",
            "json"),
    /** Which commands are slow. */
    LOG_SLOW_COMMANDS(
            "log.slow-commands",
            "time",
            "never",
            "Commands that took at least so long are logged; 1ms to 10m."),
    /** Where changes are logged. */
    LOG_AUDIT_FILE(
            "log.audit-file",
            "path",
            "none",
            "File for logins and changes by administrators, besides the log."),
    /** Snapshots by the clock. */
    SCHEDULES(
            "snapshot-schedules",
            "map",
            "none",
            "Snapshots that are taken by the clock, by the name of the rule."),
    /** How often. */
    SCHEDULE_EVERY(
            "snapshot-schedules.NAME.every",
            "time",
            "required",
            "From one snapshot to the next: 15m, 1h, 1d, 1w; at least 1m. They are taken at"
                + " multiples of it, in UTC; weeks begin on Mondays. Of those that are missed the"
                + " last is made up for."),
    /** When. */
    SCHEDULE_AT(
            "snapshot-schedules.NAME.at",
            "time of day",
            "midnight",
            "For whole days: the time, as \"02:30\", in UTC."),
    /** How many stay. */
    SCHEDULE_KEEP(
            "snapshot-schedules.NAME.keep",
            "1..10000",
            "required",
            "How many snapshots of this rule stay, of each volume; older ones are deleted."),
    /** How they are called. */
    SCHEDULE_PREFIX(
            "snapshot-schedules.NAME.prefix",
            "name",
            "the name of the rule",
            "What their names begin with: PREFIX-20260131T0215Z."),
    /** Of which volumes. */
    SCHEDULE_VOLUMES(
            "snapshot-schedules.NAME.volumes",
            "list",
            "required",
            "DEVICE/VOLUME, '*' in the volume's name stands for any run of characters. Those of one"
                    + " device are taken at one instant."),
    /** Where to listen. */
    PORTALS(
            "portals",
            "list",
            "required",
            "Where the server listens: ADDRESS:PORT, or a map of address and group. IPv6 addresses"
                    + " stand in brackets, the port is 3260 if left out."),
    /** The address of one portal. */
    PORTAL_ADDRESS(
            "portals.address",
            "address",
            "required",
            "A literal IPv4 address or IPv6 address in brackets, and the port: \"[::]:3260\"."),
    /** The group of one portal. */
    PORTAL_GROUP(
            "portals.group", "1..65535", "1", "Tag of the portal group the portal belongs to."),
    /** Whether processors are spent on latency. */
    BUSY_POLL(
            "busy-poll",
            "choice",
            "on",
            "While commands come within a tenth of a millisecond of each other, a connection looks"
                    + " for the next one instead of sleeping, on at most every second processor:"
                    + " answers come sooner.",
            "on",
            "off"),
    /** What SendTargets says. */
    DISCOVERY(
            "discovery",
            "choice",
            "all",
            "The addresses of a target that discovery lists: all of its portals, or only the one"
                    + " the initiator came by.",
            "all",
            "connected"),
    /** Who may discover. */
    DISCOVERY_AUTH_GROUP(
            "discovery-auth-group",
            "name",
            "no authentication",
            "Name of the auth group whose users may ask for the targets."),
    /** Named lists of CHAP users. */
    AUTH_GROUPS(
            "auth-groups",
            "map",
            "none",
            "Named lists of CHAP users, to be used at targets and for discovery."),
    /** Hashes for CHAP. */
    AUTH_ALGORITHMS(
            "auth-groups.NAME.algorithms",
            "list",
            "all",
            "The hashes allowed for CHAP; of these the initiator's first choice is taken. ESXi and"
                    + " Windows know MD5 only.",
            "SHA3-256",
            "SHA-256",
            "SHA-1",
            "MD5"),
    /** Who is in an auth group. */
    AUTH_USERS(
            "auth-groups.NAME.users",
            "map",
            "required",
            "The users by the name that the initiator gives (CHAP_N), each with a secret."),
    /** Where a secret is. */
    AUTH_SECRET_FILE(
            "auth-groups.NAME.users.USER.secret-file",
            "path",
            "see secret-env",
            "File with the user's secret, 12 to 255 bytes (Windows: at most 16), which only its"
                + " owner may read (mode 0600). A relative path is relative to the configuration"
                + " file."),
    /** Where a secret is. */
    AUTH_SECRET_ENV(
            "auth-groups.NAME.users.USER.secret-env",
            "name",
            "see secret-file",
            "Environment variable with the user's secret, instead of a file."),
    /** The target's name. */
    AUTH_MUTUAL_NAME(
            "auth-groups.NAME.users.USER.mutual-name",
            "text",
            "one-way",
            "Mutual CHAP: the name (CHAP_N) by which the target proves itself to this user, who is"
                    + " refused if he does not ask for it."),
    /** Where the target's secret is. */
    AUTH_MUTUAL_SECRET_FILE(
            "auth-groups.NAME.users.USER.mutual-secret-file",
            "path",
            "see mutual-secret-env",
            "File with the target's secret; as secret-file, and different from every user's."),
    /** Where the target's secret is. */
    AUTH_MUTUAL_SECRET_ENV(
            "auth-groups.NAME.users.USER.mutual-secret-env",
            "name",
            "see mutual-secret-file",
            "Environment variable with the target's secret, instead of a file."),
    /** Named lists of initiators. */
    INITIATOR_GROUPS(
            "initiator-groups",
            "map",
            "none",
            "Named lists of initiator names, to be used at targets. '*' in a name stands for any"
                    + " run of characters."),
    /** All targets. */
    TARGETS(
            "targets",
            "map",
            "none",
            "The targets, by iSCSI name (iqn., eui. or naa.; upper case is turned into lower"
                    + " case)."),
    /** A name for people. */
    TARGET_ALIAS("targets.NAME.alias", "text", "empty", "A name for people, at most 255 bytes."),
    /** Who may log in. */
    TARGET_INITIATORS(
            "targets.NAME.initiators",
            "list",
            "nobody",
            "Who may log in: names of initiator groups, initiator names, patterns with '*'; or the"
                    + " word any for everybody."),
    /** Through which portals a target is reached. */
    TARGET_PORTAL_GROUPS(
            "targets.NAME.portal-groups",
            "list",
            "all",
            "Tags of the portal groups through which the target is reached."),
    /** How good the ways through them are. */
    TARGET_ACCESS_STATES(
            "targets.NAME.access-states",
            "map",
            "optimized",
            "How good the ways to the target are (ALUA), by tag of a portal group."),
    /** How good the way through one is. */
    TARGET_ACCESS_STATE(
            "targets.NAME.access-states.GROUP",
            "choice",
            "optimized",
            "Through this group initiators read and write, or do so when there is no better way, or"
                    + " not at all; through unavailable, they hardly see that there is a disk.",
            "optimized",
            "non-optimized",
            "standby",
            "unavailable"),
    /** Whether initiators may change that. */
    TARGET_SET_ACCESS_STATES(
            "targets.NAME.set-access-states",
            "choice",
            "false",
            "Whether initiators may change these states (SET TARGET PORT GROUPS).",
            "true",
            "false"),
    /** By what initiators prove who they are. */
    TARGET_AUTH_GROUP(
            "targets.NAME.auth-group",
            "name",
            "no authentication",
            "Name of the auth group whose users may log in, by CHAP."),
    /** From where one may log in. */
    TARGET_ADDRESSES(
            "targets.NAME.addresses",
            "list",
            "everywhere",
            "Addresses and networks from which one may log in, as 192.0.2.0/24."),
    /** CRC32C of headers. */
    TARGET_HEADER_DIGEST(
            "targets.NAME.header-digest",
            "choice",
            "allowed",
            "CRC32C over each PDU's header: as the initiator prefers, always, or never.",
            "allowed",
            "required",
            "forbidden"),
    /** CRC32C of data. */
    TARGET_DATA_DIGEST(
            "targets.NAME.data-digest",
            "choice",
            "allowed",
            "The same over each PDU's data.",
            "allowed",
            "required",
            "forbidden"),
    /** How many may be logged in. */
    TARGET_SESSIONS_MAX(
            "targets.NAME.max-sessions",
            "1..4096",
            "4096",
            "Most sessions at once; each has one connection."),
    /** How much a session may ask for. */
    TARGET_COMMANDS_MAX(
            "targets.NAME.max-commands",
            "1..256",
            "256",
            "Most commands of one session at once (queue depth)."),
    /** Where the target is instead. */
    TARGET_REDIRECT(
            "targets.NAME.redirect",
            "address",
            "none",
            "ADDRESS:PORT to which initiators are sent when they log in, instead of being served"
                    + " here."),
    /** Whether that lasts. */
    TARGET_REDIRECT_KIND(
            "targets.NAME.redirect-kind",
            "choice",
            "temporary",
            "Whether initiators come here first the next time.",
            "temporary",
            "permanent"),
    /** What certain initiators may use. */
    TARGET_INITIATOR_QOS(
            "targets.NAME.initiator-qos",
            "map",
            "unlimited",
            "What initiators may use at most, each for itself: by initiator group, name or pattern."
                    + " The first that fits an initiator holds for it."),
    /** Commands per second. */
    INITIATOR_QOS_IOPS(
            "targets.NAME.initiator-qos.INITIATOR.iops",
            "1..100000000",
            "unlimited",
            "Commands a second."),
    /** Bytes per second. */
    INITIATOR_QOS_BANDWIDTH(
            "targets.NAME.initiator-qos.INITIATOR.bandwidth",
            "size",
            "unlimited",
            "Bytes a second, read and written together."),
    /** What may be made up for. */
    INITIATOR_QOS_BURST(
            "targets.NAME.initiator-qos.INITIATOR.burst",
            "1..3600",
            "1",
            "So many seconds' worth may be used at once after silence."),
    /** What a target shows. */
    TARGET_LUNS("targets.NAME.luns", "map", "none", "The logical units, by number (0..255)."),
    /** What certain initiators see. */
    TARGET_LUN_MAPS(
            "targets.NAME.lun-maps",
            "map",
            "none",
            "What certain initiators see instead of all luns: by initiator group, name or pattern a"
                    + " map of the number they see to the number under luns. The first that fits an"
                    + " initiator holds for it; one that none fits sees all."),
    /** On which device a volume lies. */
    LUN_DEVICE("targets.NAME.luns.NUMBER.device", "name", "required", "Name of the device."),
    /** Which volume a LUN shows. */
    LUN_VOLUME(
            "targets.NAME.luns.NUMBER.volume",
            "name",
            "required",
            "Name of the volume on that device."),
    /** Which snapshot a LUN shows. */
    LUN_SNAPSHOT(
            "targets.NAME.luns.NUMBER.snapshot",
            "name or 1..65535",
            "the live volume",
            "Name or number of a snapshot of the volume; it is served read-only."),
    /** Snapshots as LUNs. */
    LUN_SNAPSHOTS(
            "targets.NAME.luns.NUMBER.snapshots",
            "auto or map",
            "none",
            "Snapshots of the volume appear by themselves as read-only LUNs of the target, each"
                + " under a number that it keeps, and vanish when they are deleted. auto: all of"
                + " them, as LUNs 128-255."),
    /** Their numbers. */
    SNAPSHOTS_LUNS(
            "targets.NAME.luns.NUMBER.snapshots.luns",
            "range",
            "128-255",
            "The numbers that they get, as 100-149; no two ranges and no LUN of a target overlap."),
    /** Which of them. */
    SNAPSHOTS_NAMES(
            "targets.NAME.luns.NUMBER.snapshots.names",
            "pattern",
            "*",
            "Which snapshots, by name; '*' stands for any run of characters."),
    /** How many. */
    SNAPSHOTS_NEWEST(
            "targets.NAME.luns.NUMBER.snapshots.newest",
            "1..256",
            "all",
            "How many of them, the newest; at most as many as there are numbers."),
    /** What a LUN may use. */
    LUN_QOS(
            "targets.NAME.luns.NUMBER.qos",
            "map",
            "unlimited",
            "What all initiators together may use of this LUN at most."),
    /** Commands per second. */
    LUN_QOS_IOPS(
            "targets.NAME.luns.NUMBER.qos.iops", "1..100000000", "unlimited", "Commands a second."),
    /** Bytes per second. */
    LUN_QOS_BANDWIDTH(
            "targets.NAME.luns.NUMBER.qos.bandwidth",
            "size",
            "unlimited",
            "Bytes a second, read and written together."),
    /** What may be made up for. */
    LUN_QOS_BURST(
            "targets.NAME.luns.NUMBER.qos.burst",
            "1..3600",
            "1",
            "So many seconds' worth may be used at once after silence."),
    /** Whether writes are refused. */
    LUN_READ_ONLY(
            "targets.NAME.luns.NUMBER.read-only",
            "choice",
            "false",
            "Refuse writes to the live volume. Snapshots always do.",
            "true",
            "false"),
    /** What GOOD promises. */
    LUN_CACHE(
            "targets.NAME.luns.NUMBER.cache",
            "choice",
            "writethrough",
            "What a completed write promises. writethrough: it survives a power loss. writeback: it"
                    + " survives the end of the server; a power loss only after the initiator's"
                    + " flush. Equal wherever the volume can be written.",
            "writethrough",
            "writeback"),
    /** Logical block length. */
    LUN_BLOCK_SIZE(
            "targets.NAME.luns.NUMBER.block-size",
            "choice",
            "512",
            "Logical block length in bytes. Equal wherever the volume is served.",
            "512",
            "4096"),
    /** Physical block length. */
    LUN_PHYSICAL_BLOCK_SIZE(
            "targets.NAME.luns.NUMBER.physical-block-size",
            "choice",
            "4096",
            "Physical block length that initiators are told, in bytes. 512 (with block-size 512) is"
                    + " for software that cannot deal with 512e; unaligned writes then cost more"
                    + " than it knows.",
            "512",
            "4096");

    private final String path;
    private final String type;
    private final String defaultText;
    private final String manual;

    @SuppressWarnings("ImmutableEnumChecker") // it is List.of(...)
    private final List<String> choices;

    ConfigKey(String path, String type, String defaultText, String manual, String... choices) {
        this.path = path;
        this.type = type;
        this.defaultText = defaultText;
        this.manual = manual;
        this.choices = List.of(choices);
    }

    /**
     * Returns where the key stands.
     *
     * @return names joined by dots; in capitals what the operator names
     */
    public String path() {
        return path;
    }

    /**
     * Returns the key itself.
     *
     * @return the last part of the path
     */
    public String key() {
        return path.substring(path.lastIndexOf('.') + 1);
    }

    /**
     * Returns what kind of value it takes.
     *
     * @return for people: "size", "list", "1..65535"
     */
    public String type() {
        return type;
    }

    /**
     * Returns what holds when it is left out.
     *
     * @return the value, or "required", or words
     */
    public String defaultText() {
        return defaultText;
    }

    /**
     * Returns the manual of the key.
     *
     * @return one line
     */
    public String manual() {
        return manual;
    }

    /**
     * Returns the values allowed.
     *
     * @return empty if the type says it
     */
    public List<String> choices() {
        return choices;
    }

    /**
     * Tells whether it must be there.
     *
     * @return true if it has no default
     */
    public boolean isRequired() {
        return defaultText.equals("required");
    }

    /** True for the path of a key that takes a list; names of the operator's stand in it. */
    static boolean isList(List<String> path) {
        // The keys of this map are all named by the operator, so the table has none of them.
        return (path.size() == 2 && path.getFirst().equals(INITIATOR_GROUPS.key()))
                || Arrays.stream(values())
                        .anyMatch(key ->
                                key.type.equals("list")
                                        && key.words().size() == path.size()
                                        && key.begins(path));
    }

    /** True for the path of something that the operator names, as a target. */
    static boolean isNamed(List<String> path) {
        return Arrays.stream(values())
                .anyMatch(key ->
                        key.words().size() > path.size()
                                && isName(key.words().get(path.size() - 1))
                                && key.begins(path));
    }

    private boolean begins(List<String> other) {
        List<String> words = words();
        return IntStream.range(0, other.size())
                .allMatch(i -> isName(words.get(i)) || words.get(i).equals(other.get(i)));
    }

    private List<String> words() {
        return List.of(path.split("\\."));
    }

    private static boolean isName(String word) {
        return word.chars().allMatch(Character::isUpperCase);
    }

    /** The keys of the map in which this one stands, itself included. */
    List<ConfigKey> siblings() {
        return Arrays.stream(values()).filter(other -> other.section().equals(section())).toList();
    }

    /**
     * Takes one of {@link #choices}.
     *
     * @throws IllegalArgumentException if it is none of them
     */
    String choose(String text) {
        if (choices.contains(text)) {
            return text;
        }
        Optional<String> meant = Spelling.nearest(text, choices);
        throw new IllegalArgumentException(
                "'"
                        + text
                        + "' is not one of "
                        + String.join(", ", choices)
                        + meant.map(word -> "; did you mean '" + word + "'?")
                                .orElse("; write one of them"));
    }

    private String section() {
        int dot = path.lastIndexOf('.');
        return dot < 0 ? "" : path.substring(0, dot);
    }
}
