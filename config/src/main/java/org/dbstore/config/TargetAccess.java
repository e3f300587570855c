package org.dbstore.config;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * On which terms initiators use a target.
 *
 * @param authGroup whose users may log in; empty = no authentication
 * @param addresses from where one may log in; empty = from everywhere
 * @param lunMaps what certain initiators see instead of all; the first that fits holds
 * @param headerDigest whether headers carry CRC32C
 * @param dataDigest whether data carry CRC32C
 * @param limits what may be used at once
 * @param redirect where to send initiators instead
 * @param initiatorQos what certain initiators may use; the first that fits holds
 * @param portGroups how good the ways through its portal groups are
 */
public record TargetAccess(
        Optional<AuthGroupConfig> authGroup,
        List<AddressRange> addresses,
        List<LunMapConfig> lunMaps,
        Digest headerDigest,
        Digest dataDigest,
        Limits limits,
        Optional<Redirect> redirect,
        List<InitiatorQos> initiatorQos,
        PortGroupStates portGroups) {
    /** What holds for a target that says nothing: everybody admitted gets all of it. */
    public static final TargetAccess OPEN =
            new TargetAccess(
                    Optional.empty(),
                    List.of(),
                    List.of(),
                    Digest.ALLOWED,
                    Digest.ALLOWED,
                    Limits.NONE,
                    Optional.empty());

    /** Whether PDUs carry a CRC32C digest. */
    public enum Digest {
        /** As the initiator prefers. */
        ALLOWED,
        /** Always; a login without is refused. */
        REQUIRED,
        /** Never. */
        FORBIDDEN
    }

    /**
     * What may be used at once. A session has one connection.
     *
     * @param sessions of all initiators, 1..4096
     * @param commands of one session, 1..256
     */
    public record Limits(int sessions, int commands) {
        /** Most sessions of a target. */
        public static final int SESSIONS_MAX = 4096;

        /** Most commands of a session. */
        public static final int COMMANDS_MAX = 256;

        /** As much as the server has. */
        public static final Limits NONE = new Limits(SESSIONS_MAX, COMMANDS_MAX);

        /** Checks the values. */
        public Limits {
            if (sessions < 1 || sessions > SESSIONS_MAX) {
                throw new IllegalArgumentException(
                        sessions + " sessions; choose 1.." + SESSIONS_MAX);
            }
            if (commands < 1 || commands > COMMANDS_MAX) {
                throw new IllegalArgumentException(
                        commands + " commands; choose 1.." + COMMANDS_MAX);
            }
        }
    }

    /**
     * Login redirection (RFC 7143, section 11.13.5).
     *
     * @param portal where the target is
     * @param permanent true if initiators may remember it
     */
    public record Redirect(PortalConfig portal, boolean permanent) {}

    /**
     * The logical units that certain initiators see.
     *
     * @param initiators name patterns
     * @param luns the number they see to the number of the target's LUN
     */
    public record LunMapConfig(List<String> initiators, Map<Integer, Integer> luns) {
        /** Checks the values. */
        public LunMapConfig {
            initiators = List.copyOf(initiators);
            luns = Map.copyOf(luns);
        }
    }

    /**
     * What certain initiators may use, each for itself.
     *
     * @param initiators name patterns
     * @param qos the limits
     */
    public record InitiatorQos(List<String> initiators, QosConfig qos) {
        /** Copies the list. */
        public InitiatorQos {
            initiators = List.copyOf(initiators);
        }
    }

    /** Terms without limits for initiators; all ways are equally good. */
    public TargetAccess(
            Optional<AuthGroupConfig> authGroup,
            List<AddressRange> addresses,
            List<LunMapConfig> lunMaps,
            Digest headerDigest,
            Digest dataDigest,
            Limits limits,
            Optional<Redirect> redirect) {
        this(
                authGroup,
                addresses,
                lunMaps,
                headerDigest,
                dataDigest,
                limits,
                redirect,
                List.of(),
                PortGroupStates.ALL_OPTIMIZED);
    }

    /** Checks the values. */
    public TargetAccess {
        addresses = List.copyOf(addresses);
        initiatorQos = List.copyOf(initiatorQos);
        lunMaps = List.copyOf(lunMaps);
    }
}
