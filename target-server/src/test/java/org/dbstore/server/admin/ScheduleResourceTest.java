package org.dbstore.server.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.backend.BlockStore;
import org.dbstore.backend.OpenOptions;
import org.dbstore.backend.SnapshotRequest;
import org.dbstore.config.AdminConfig;
import org.dbstore.config.ScheduleConfig;
import org.dbstore.config.ScheduleConfig.VolumePattern;
import org.dbstore.server.admin.api.ApiPath;
import org.dbstore.server.admin.api.ScheduleView;
import org.dbstore.server.admin.api.StatusView;
import org.dbstore.server.admin.client.AdminClient;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Goal: who looks at a server sees how its snapshot schedules do. */
@Timeout(60)
class ScheduleResourceTest {
    private final Instant begun = Instant.now();

    @TempDir Path folder;

    /** A snapshot of the day before yesterday: the run of today's midnight was missed. */
    @BeforeEach
    void makeDeviceWithAnOldSnapshot() throws Exception {
        Path device = folder.resolve("main.dbs");
        BlockStore.initialize(device, 128 << 20, false);
        try (BlockStore store = BlockStore.open(device, OpenOptions.DEFAULT)) {
            store.createVolume("served", 4 << 20);
            Instant old = begun.minus(Duration.ofDays(2));
            store.createSnapshots(
                    List.of(
                            new SnapshotRequest(
                                    "served",
                                    Optional.of("old"),
                                    Map.of(
                                            "dbs.schedule",
                                            "daily",
                                            "dbs.schedule-time",
                                            old.toString()))));
        }
    }

    @Test
    void aRuleIsToldWithWhatItIsAndWhatItDid() throws Exception {
        try (AdminFixture fixture = serve("main")) {
            ScheduleView rule = afterFirstRun(fixture.client());
            assertEquals("daily", rule.name());
            assertEquals(86_400, rule.everySeconds());
            assertEquals(List.of("main/served", "main/*"), rule.volumes());
            assertEquals(List.of(), rule.lastErrors());
            assertEquals(2, rule.kept(), "the old one and the one that was made up for");
            assertEquals(1, rule.missedRuns());
            assertTrue(rule.lastRunAt().orElseThrow().isAfter(begun));
            assertTrue(rule.nextRunAt().isAfter(rule.lastRunAt().orElseThrow()));
            StatusView status = fixture.client().get(ApiPath.of("status"), StatusView.class);
            assertEquals(List.of(rule), status.schedules());
            assertEquals(List.of(), status.problems());
        }
    }

    @Test
    void aRuleThatFailsIsAProblem() throws Exception {
        try (AdminFixture fixture = serve("gone")) {
            ScheduleView rule = afterFirstRun(fixture.client());
            assertEquals(List.of("device gone: device gone is not open"), rule.lastErrors());
            StatusView status = fixture.client().get(ApiPath.of("status"), StatusView.class);
            assertEquals(
                    List.of("schedule daily: device gone: device gone is not open"),
                    status.problems());
        }
    }

    private AdminFixture serve(String otherDevice) throws Exception {
        ScheduleConfig rule =
                new ScheduleConfig(
                        "daily",
                        Duration.ofDays(1),
                        Optional.empty(),
                        7,
                        "daily",
                        List.of(
                                new VolumePattern("main", "served"),
                                new VolumePattern(otherDevice, "*")));
        return new AdminFixture(folder, AdminConfig.DEFAULT, List.of(rule));
    }

    private static ScheduleView afterFirstRun(AdminClient client)
            throws IOException, InterruptedException {
        while (true) {
            ScheduleView rule = client.list(ApiPath.of("schedules"), ScheduleView.class).getFirst();
            if (rule.lastRunAt().isPresent()) {
                return rule;
            }
            Thread.sleep(20);
        }
    }
}
