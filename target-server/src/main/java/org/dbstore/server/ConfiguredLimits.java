package org.dbstore.server;

import org.dbstore.config.DbsConfig;
import org.dbstore.config.LunConfig;
import org.dbstore.config.NamePattern;
import org.dbstore.config.QosConfig;
import org.dbstore.config.TargetAccess.InitiatorQos;
import org.dbstore.config.TargetConfig;
import org.dbstore.server.qos.Qos;
import org.dbstore.server.qos.Rate;

import java.util.Optional;

/**
 * The limits that a configuration sets.
 *
 * @param config in force
 */
record ConfiguredLimits(DbsConfig config) implements Qos.Policy {
    private static final long SECOND_NANOS = 1_000_000_000L;

    @Override
    public Rate ofLun(String target, int lun) {
        return rate(
                find(target)
                        .flatMap(found ->
                                found.luns().stream()
                                        .filter(each -> each.number() == lun)
                                        .findFirst())
                        .map(LunConfig::qos));
    }

    @Override
    public Rate ofInitiator(String target, String initiator) {
        return rate(
                find(target)
                        .flatMap(found ->
                                found.access().initiatorQos().stream()
                                        .filter(each ->
                                                NamePattern.matchesAny(
                                                        each.initiators(), initiator))
                                        .findFirst())
                        .map(InitiatorQos::qos));
    }

    private Optional<TargetConfig> find(String target) {
        return config.targets().stream().filter(each -> each.name().equals(target)).findFirst();
    }

    private static Rate rate(Optional<QosConfig> configured) {
        return configured
                .filter(QosConfig::isLimited)
                .map(qos ->
                        new Rate(
                                qos.iops(),
                                qos.bytesPerSecond(),
                                qos.burstSeconds() * SECOND_NANOS))
                .orElse(Rate.UNLIMITED);
    }
}
