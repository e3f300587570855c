package org.dbstore.server.reservation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import org.dbstore.server.scsi.CommandOutcome.Status;
import org.dbstore.server.scsi.Nexus;
import org.dbstore.server.scsi.SenseCode;
import org.dbstore.server.scsi.StateStore;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;

/**
 * Goal: what ends a reservation never waits for what is being kept, whose commit may wait for it.
 */
class ReservationsTest {
    private static final Nexus A = new Nexus("iqn.2026-01.org.example:a", 1, "iqn.2026-01.t", 1);
    private static final Nexus B = new Nexus("iqn.2026-01.org.example:b", 1, "iqn.2026-01.t", 1);

    private final CountDownLatch saving = new CountDownLatch(1);
    private final CountDownLatch durable = new CountDownLatch(1);

    private final StateStore slow =
            new StateStore() {
                @Override
                public boolean isLasting() {
                    return true;
                }

                @Override
                public byte[] load() {
                    return new byte[0];
                }

                @Override
                public void save(byte[] state) {
                    saving.countDown();
                    try {
                        durable.await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                }
            };

    private static final Reservations.Unit UNIT =
            new Reservations.Unit() {
                @Override
                public void raise(Nexus nexus, SenseCode condition) {}

                @Override
                public Collection<Nexus> knownNexuses() {
                    return List.of(A, B);
                }
            };

    @Test
    void aResetDoesNotWaitForRegistrationsThatAreBeingKept() throws Exception {
        Reservations reservations = new Reservations(slow, UNIT);
        FutureTask<Reservations.Result> registering =
                new FutureTask<>(() ->
                        reservations.change(
                                A, change -> change.register(null, 7, List.of(A), true)));
        Thread.ofPlatform().start(registering);
        saving.await();

        assertTimeoutPreemptively(
                Duration.ofSeconds(20),
                () -> {
                    reservations.reset();
                    reservations.endReserve(B);
                });
        FutureTask<Object> reserving = new FutureTask<>(() -> reservations.reserve(B));
        Thread.ofPlatform().start(reserving);
        durable.countDown();

        assertNull(registering.get().refusal());
        assertEquals(Status.RESERVATION_CONFLICT, reserving.get(), "registrations came first");
        assertEquals(Set.of(A), reservations.state().keys().keySet());
    }
}
