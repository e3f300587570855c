package org.dbstore.server.qos;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The limits of all LUNs and initiators. Safe for all threads.
 *
 * <p>A LUN's limits are there as long as it is mapped, an initiator's as long as it has a session
 * with the target; what holds for them is decided by the {@link Policy} of the moment.
 */
public final class Qos implements AutoCloseable {
    /** What the configuration says. */
    public interface Policy {
        /** Nobody is limited. */
        Policy NONE =
                new Policy() {
                    @Override
                    public Rate ofLun(String target, int lun) {
                        return Rate.UNLIMITED;
                    }

                    @Override
                    public Rate ofInitiator(String target, String initiator) {
                        return Rate.UNLIMITED;
                    }
                };

        /** What holds for a LUN, by its number in the target's own map. */
        Rate ofLun(String target, int lun);

        /** What holds for each initiator of that name. */
        Rate ofInitiator(String target, String initiator);
    }

    private record LunKey(String target, int lun) {}

    private record InitiatorKey(String target, String initiator) {}

    private static final class Shared {
        private final Limits limits;
        private int uses;

        private Shared(Limits limits) {
            this.limits = limits;
        }
    }

    private final ScheduledThreadPoolExecutor executor;
    private final Timer timer;
    private final Map<LunKey, Shared> luns = new HashMap<>(); // guarded by this
    private final Map<InitiatorKey, Shared> initiators = new HashMap<>(); // guarded by this
    private Policy policy = Policy.NONE; // guarded by this

    /** Begins without limits. */
    public Qos() {
        executor =
                new ScheduledThreadPoolExecutor(
                        1,
                        action ->
                                Thread.ofPlatform().daemon().name("dbs-limits").unstarted(action));
        timer =
                new Timer() {
                    @Override
                    public long nanoTime() {
                        return System.nanoTime();
                    }

                    @Override
                    public void schedule(long delayNanos, Runnable action) {
                        executor.schedule(action, delayNanos, TimeUnit.NANOSECONDS);
                    }
                };
    }

    /** The limits of a LUN that is being mapped; to be given back. */
    public synchronized Limits openLun(String target, int lun) {
        return open(luns, new LunKey(target, lun), policy.ofLun(target, lun));
    }

    /** A LUN is gone. */
    public synchronized void closeLun(String target, int lun) {
        close(luns, new LunKey(target, lun));
    }

    /** The limits of an initiator that logs in; to be given back. */
    public synchronized Limits openInitiator(String target, String initiator) {
        return open(
                initiators,
                new InitiatorKey(target, initiator),
                policy.ofInitiator(target, initiator));
    }

    /** A session of an initiator has ended. */
    public synchronized void closeInitiator(String target, String initiator) {
        close(initiators, new InitiatorKey(target, initiator));
    }

    /** From now on something else holds, for what waits already as well. */
    public void update(Policy wanted) {
        List<Runnable> changes = new ArrayList<>();
        synchronized (this) {
            policy = wanted;
            luns.forEach((key, shared) -> {
                Rate rates = wanted.ofLun(key.target(), key.lun());
                changes.add(() -> shared.limits.set(rates));
            });
            initiators.forEach((key, shared) -> {
                Rate rates = wanted.ofInitiator(key.target(), key.initiator());
                changes.add(() -> shared.limits.set(rates));
            });
        }
        // Whatever may pass now does so in this thread.
        changes.forEach(Runnable::run);
    }

    /** Lets go all that waits, and limits nothing any more: the server stops. */
    public void release() {
        update(Policy.NONE);
    }

    @Override
    public void close() {
        release();
        executor.shutdown();
    }

    private <K> Limits open(Map<K, Shared> all, K key, Rate rates) {
        Shared shared = all.computeIfAbsent(key, missing -> new Shared(new Limits(timer)));
        if (shared.uses++ == 0) {
            shared.limits.set(rates);
        }
        return shared.limits;
    }

    private static <K> void close(Map<K, Shared> all, K key) {
        Shared shared = all.get(key);
        if (shared != null && --shared.uses == 0) {
            all.remove(key);
            shared.limits.set(Rate.UNLIMITED);
        }
    }
}
