package org.dbstore.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Reads what a LUN, or certain initiators, may use at most. */
final class QosSection {
    private QosSection() {}

    /** The limits of a LUN. */
    static QosConfig ofLun(Entry lun) {
        return lun.one(ConfigKey.LUN_QOS)
                .flatMap(qos -> {
                    qos.checkKeys(ConfigKey.LUN_QOS_IOPS);
                    return read(
                            qos,
                            ConfigKey.LUN_QOS_IOPS,
                            ConfigKey.LUN_QOS_BANDWIDTH,
                            ConfigKey.LUN_QOS_BURST);
                })
                .orElse(QosConfig.UNLIMITED);
    }

    /**
     * The limits of the initiators of a target, in their order.
     *
     * @param initiators the patterns behind the name of a group, a name or a pattern
     */
    static List<TargetAccess.InitiatorQos> ofTarget(
            Entry target, Function<String, List<String>> initiators) {
        List<TargetAccess.InitiatorQos> limits = new ArrayList<>();
        for (Entry entry :
                target.one(ConfigKey.TARGET_INITIATOR_QOS).map(Entry::entries).orElse(List.of())) {
            entry.checkKeys(ConfigKey.INITIATOR_QOS_IOPS);
            Optional<List<String>> patterns = entry.parsedName(initiators);
            Optional<QosConfig> qos =
                    read(
                            entry,
                            ConfigKey.INITIATOR_QOS_IOPS,
                            ConfigKey.INITIATOR_QOS_BANDWIDTH,
                            ConfigKey.INITIATOR_QOS_BURST);
            if (patterns.isPresent() && qos.isPresent()) {
                limits.add(new TargetAccess.InitiatorQos(patterns.get(), qos.get()));
            }
        }
        return limits;
    }

    private static Optional<QosConfig> read(
            Entry entry, ConfigKey iops, ConfigKey bandwidth, ConfigKey burst) {
        int commands =
                entry.value(iops, text -> Values.integer(text, 1, QosConfig.IOPS_MAX)).orElse(0);
        long bytes = entry.value(bandwidth, ByteSize::parsePositive).orElse(0L);
        int seconds =
                entry.value(burst, text -> Values.integer(text, 1, QosConfig.BURST_MAX)).orElse(1);
        return entry.guarded(() -> new QosConfig(commands, bytes, seconds));
    }
}
