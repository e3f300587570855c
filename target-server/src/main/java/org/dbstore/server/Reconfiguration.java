package org.dbstore.server;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.config.DbsConfig;
import org.dbstore.config.LunConfig;
import org.dbstore.config.PortalConfig;
import org.dbstore.config.TargetConfig;
import org.dbstore.server.iscsi.IscsiServer;
import org.dbstore.server.iscsi.IscsiServer.PortalMove;
import org.dbstore.server.iscsi.Offer;
import org.dbstore.server.iscsi.session.IscsiTarget;
import org.dbstore.server.lun.LogicalUnit;
import org.dbstore.server.lun.LunMap;
import org.dbstore.server.plan.Admission;
import org.dbstore.server.scsi.TargetPortGroups;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * One transaction from what is served to what another configuration wants. Everything that can fail
 * is done by {@link #prepare}, and nobody sees anything of it; then either {@link #commit} or
 * {@link #undo} follows.
 */
final class Reconfiguration {
    private static final Logger LOG = LogManager.getLogger(Reconfiguration.class);

    private final IscsiServer iscsi;
    private final ServedUnits units;
    private final Served before;
    private final DbsConfig previous;
    private final DbsConfig config;
    private final SnapshotNumbers numbers;
    private final Set<Hidden> hidden;
    private final boolean again;
    private final UndoStack undo = new UndoStack();
    private final List<LogicalUnit> otherCaches = new ArrayList<>();
    private Devices devices = Devices.NONE;
    private final Map<String, SortedMap<Integer, Mapping>> mappings = new HashMap<>();
    private final Map<String, TargetPortGroups> portGroups = new HashMap<>();
    private final List<BackendException> missing = new ArrayList<>();
    private @Nullable PortalMove ports;

    /**
     * What is served.
     *
     * @param mappings by target and number
     * @param portGroups by target
     * @param missing why LUNs of open devices are not there
     */
    record Served(
            Devices devices,
            Map<String, SortedMap<Integer, Mapping>> mappings,
            Map<String, TargetPortGroups> portGroups,
            List<String> missing) {
        /** Nothing. */
        static final Served NOTHING = new Served(Devices.NONE, Map.of(), Map.of(), List.of());

        /** The LUNs of a target. */
        List<TargetInfo.LunInfo> luns(TargetConfig target) {
            Set<Integer> configured =
                    target.luns().stream().map(LunConfig::number).collect(Collectors.toSet());
            return mappings.getOrDefault(target.name(), new TreeMap<>()).values().stream()
                    .map(mapping -> mapping.info(!configured.contains(mapping.lun().number())))
                    .toList();
        }

        /** The ways to a target. */
        List<TargetInfo.PortGroupInfo> portGroups(TargetConfig target) {
            TargetPortGroups groups = portGroups.get(target.name());
            return groups == null
                    ? List.of()
                    : groups.groups().stream().map(AccessTerms::info).toList();
        }

        /** Numbers of the LUNs of a target that are configured and not there, ascending. */
        List<Integer> missingLuns(TargetConfig target) {
            Map<Integer, Mapping> there = mappings.getOrDefault(target.name(), new TreeMap<>());
            return target.luns().stream()
                    .map(LunConfig::number)
                    .filter(number -> !there.containsKey(number))
                    .sorted()
                    .toList();
        }

        /** Tells whether what a LUN of a target lacked is there now. */
        boolean isMissingLunThere(TargetConfig target, ServedUnits units) {
            List<Integer> numbers = missingLuns(target);
            return target.luns().stream()
                    .filter(lun -> numbers.contains(lun.number()))
                    .anyMatch(lun -> {
                        BlockStore store = devices.find(lun.device());
                        return store != null && units.canOpen(store, lun);
                    });
        }

        private Collection<LogicalUnit> units() {
            return mappings.values().stream()
                    .flatMap(luns -> luns.values().stream())
                    .map(Mapping::unit)
                    .toList();
        }
    }

    /**
     * A snapshot that does not appear by itself, because it is about to be deleted.
     *
     * @param id of the snapshot
     */
    record Hidden(BlockStore store, int id) {}

    /**
     * Begins a transaction.
     *
     * @param before what is served
     * @param previous what was wanted until now; at the start the same as {@code config}
     * @param config checked, and free of obstacles
     * @param numbers of the snapshots that appear by themselves
     * @param hidden those that do not
     * @param again true to try once more what could not be opened before
     */
    Reconfiguration(
            IscsiServer iscsi,
            ServedUnits units,
            Served before,
            DbsConfig previous,
            DbsConfig config,
            SnapshotNumbers numbers,
            Set<Hidden> hidden,
            boolean again) {
        this.iscsi = iscsi;
        this.units = units;
        this.before = before;
        this.previous = previous;
        this.config = config;
        this.numbers = numbers;
        this.hidden = Set.copyOf(hidden);
        this.again = again;
    }

    /**
     * Opens, creates and binds what is new.
     *
     * @throws BackendException which names what failed; the caller undoes the rest
     */
    void prepare() throws BackendException {
        devices = before.devices.with(config.devices(), previous.devices(), again, undo);
        for (TargetConfig target : config.targets()) {
            mappings.put(target.name(), open(target));
            portGroups.put(target.name(), portGroups(target));
        }
        if (before.equals(Served.NOTHING)
                && devices.missing().isEmpty()
                && !missing.isEmpty()
                && mappings.values().stream().allMatch(Map::isEmpty)) {
            throw missing.getFirst();
        }
        checkBlocks();
        for (SortedMap<Integer, Mapping> luns : mappings.values()) {
            for (Mapping mapping : luns.values()) {
                configureCache(mapping);
            }
        }
        try {
            PortalMove move = iscsi.bind(addresses(config.portals()));
            undo.add(move::undo);
            ports = move;
        } catch (IOException e) {
            throw new BackendException(BackendError.BUSY, String.valueOf(e.getMessage()), e);
        }
    }

    /** The devices that are to be served; known when it is prepared. */
    Devices devices() {
        return devices;
    }

    /** Takes back what has been prepared: all is as it was. */
    void undo() {
        undo.run();
    }

    /**
     * Makes it visible, and gives up what is not wanted any more.
     *
     * @return what is served now
     */
    Served commit() {
        PortalMove move = ports;
        if (move == null) {
            throw new IllegalStateException("not prepared");
        }
        Served after =
                new Served(
                        devices,
                        Map.copyOf(mappings),
                        Map.copyOf(portGroups),
                        missing.stream().map(e -> String.valueOf(e.getMessage())).toList());
        after.missing.stream()
                .filter(each -> !before.missing.contains(each))
                .forEach(each -> LOG.error("not served: {}", each));
        iscsi.offer(
                offer(),
                move,
                session -> Admission.denial(session, config).map(Admission.Denial::text));
        otherCaches.forEach(LogicalUnit::modeParametersChanged);
        Collection<LogicalUnit> kept = after.units();
        before.units().stream()
                .filter(unit -> kept.stream().noneMatch(each -> each == unit))
                .forEach(units::close);
        return after;
    }

    /**
     * Closes the devices that are served no more.
     *
     * @return what did not go well
     */
    List<String> closeDevices() {
        BackendException failure = before.devices.closeBut(devices);
        return failure == null
                ? List.of()
                : List.of("a device did not close well: " + failure.getMessage());
    }

    private SortedMap<Integer, Mapping> open(TargetConfig target) throws BackendException {
        SortedMap<Integer, Mapping> present =
                before.mappings.getOrDefault(target.name(), new TreeMap<>());
        SortedMap<Integer, Mapping> luns = new TreeMap<>();
        for (LunConfig lun : target.luns()) {
            try {
                luns.put(lun.number(), mapping(target.name(), lun, present.get(lun.number())));
            } catch (BackendException e) {
                if (!isKnown(target.name(), lun)) {
                    throw e;
                }
                if (!devices.missing().containsKey(lun.device())) {
                    missing.add(e);
                }
            }
        }
        for (LunConfig lun : target.luns()) {
            if (lun.snapshots().isPresent() && luns.containsKey(lun.number())) {
                addSnapshots(target.name(), lun, present, luns);
            }
        }
        return luns;
    }

    /** What cannot be served keeps nobody from the rest; but who maps it anew is told. */
    private boolean isKnown(String target, LunConfig lun) {
        return previous.targets().stream()
                .anyMatch(each -> each.name().equals(target) && each.luns().contains(lun));
    }

    private Mapping mapping(String target, LunConfig lun, @Nullable Mapping old)
            throws BackendException {
        boolean same =
                old != null
                        && old.shows(lun)
                        && before.devices.find(lun.device()) == devices.find(lun.device());
        return same && old != null
                ? new Mapping(lun, old.unit())
                : new Mapping(lun, open(target, lun));
    }

    /** A snapshot that cannot be shown is no reason to refuse what else is wanted. */
    private void addSnapshots(
            String target,
            LunConfig of,
            SortedMap<Integer, Mapping> present,
            SortedMap<Integer, Mapping> luns)
            throws BackendException {
        BlockStore store = devices.find(of.device());
        if (store == null) {
            return;
        }
        Set<Integer> away =
                hidden.stream()
                        .filter(each -> each.store() == store)
                        .map(Hidden::id)
                        .collect(Collectors.toSet());
        Set<Integer> taken = new HashSet<>(luns.keySet());
        for (LunConfig lun : numbers.derive(target, of, store, taken, away)) {
            try {
                luns.put(lun.number(), mapping(target, lun, present.get(lun.number())));
            } catch (BackendException e) {
                LOG.warn("a snapshot is not shown: {}", e.getMessage());
            }
        }
    }

    private LogicalUnit open(String target, LunConfig lun) throws BackendException {
        BlockStore store = devices.find(lun.device());
        try {
            if (store == null) {
                throw devices.notOpen(lun.device());
            }
            LogicalUnit unit = units.open(target, store, lun, writesBack(lun));
            undo.add(() -> units.close(unit));
            return unit;
        } catch (BackendException e) {
            throw new BackendException(
                    e.error(),
                    "target " + target + " LUN " + lun.number() + ": " + e.getMessage(),
                    e);
        }
    }

    /** Of one identity initiators must not see two disks (SPC-4, "Logical unit name"). */
    private void checkBlocks() throws BackendException {
        List<Mapping> all = new ArrayList<>();
        for (Map.Entry<String, SortedMap<Integer, Mapping>> target : mappings.entrySet()) {
            for (Mapping mapping : target.getValue().values()) {
                for (Mapping other : all) {
                    if (other.unit().isSame(mapping.unit()) && !other.hasSameBlocks(mapping)) {
                        throw new BackendException(
                                BackendError.INVALID,
                                "target "
                                        + target.getKey()
                                        + " LUN "
                                        + mapping.lun().number()
                                        + ": the same volume is served with another block size");
                    }
                }
                all.add(mapping);
            }
        }
    }

    /** What was acknowledged under the old rule is durable before the new one is told. */
    private void configureCache(Mapping mapping) throws BackendException {
        LogicalUnit unit = mapping.unit();
        boolean writeBack = writesBack(mapping.lun());
        if (!unit.configureCache(writeBack)) {
            return;
        }
        undo.add(() -> unit.configureCache(!writeBack));
        otherCaches.add(unit);
        if (!writeBack) {
            unit.flush();
        }
    }

    /** The cache is that of the mapping that writes; one that does not may leave it out. */
    private boolean writesBack(LunConfig lun) {
        return config.targets().stream()
                        .flatMap(target -> target.luns().stream())
                        .filter(other ->
                                !other.readOnly()
                                        && other.device().equals(lun.device())
                                        && other.volume().equals(lun.volume()))
                        .findFirst()
                        .orElse(lun)
                        .cache()
                == LunConfig.CacheMode.WRITEBACK;
    }

    private Offer offer() {
        return new Offer(
                config.targets().stream().map(this::iscsiTarget).toList(),
                config.discoveryAuth().map(AccessTerms::users),
                config.discovery() == DbsConfig.Discovery.CONNECTED);
    }

    private IscsiTarget iscsiTarget(TargetConfig target) {
        TreeMap<Integer, LogicalUnit> units = new TreeMap<>();
        mappings.getOrDefault(target.name(), new TreeMap<>())
                .forEach((number, mapping) -> units.put(number, mapping.unit()));
        LunMap luns = new LunMap(units, Objects.requireNonNull(portGroups.get(target.name())));
        return new IscsiTarget(
                target.name(),
                target.alias(),
                target.portalGroups(),
                target.initiators(),
                luns,
                AccessTerms.of(target.access(), luns));
    }

    /** Those of before if nothing is changed for them: what initiators have set stays then. */
    private TargetPortGroups portGroups(TargetConfig target) {
        TargetPortGroups wanted =
                AccessTerms.portGroups(target.access().portGroups(), portalGroupTags(target));
        TargetPortGroups present = before.portGroups.get(target.name());
        return present == null ? wanted : present.followedBy(wanted);
    }

    /** The ports of a target: the groups it is in, which are all unless it names some. */
    private Collection<Integer> portalGroupTags(TargetConfig target) {
        return target.portalGroups().isEmpty()
                ? config.portals().stream().map(PortalConfig::groupTag).toList()
                : target.portalGroups();
    }

    private static List<Map.Entry<InetSocketAddress, Integer>> addresses(
            List<PortalConfig> portals) {
        List<Map.Entry<InetSocketAddress, Integer>> addresses = new ArrayList<>();
        for (PortalConfig portal : portals) {
            InetAddress address = InetAddress.ofLiteral(portal.host());
            addresses.add(
                    Map.entry(new InetSocketAddress(address, portal.port()), portal.groupTag()));
        }
        return addresses;
    }
}
