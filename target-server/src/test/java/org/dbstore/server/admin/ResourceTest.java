package org.dbstore.server.admin;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.SpaceInfo;
import org.dbstore.backend.VolumeInfo;
import org.dbstore.backend.check.Verdict;
import org.dbstore.server.admin.api.ApiPath;
import org.dbstore.server.admin.api.CheckView;
import org.dbstore.server.admin.api.ConfigViews.AppliedView;
import org.dbstore.server.admin.api.ConfigViews.PlanView;
import org.dbstore.server.admin.api.DeviceView;
import org.dbstore.server.admin.api.JobView;
import org.dbstore.server.admin.api.SessionView;
import org.dbstore.server.admin.api.StatusView;
import org.dbstore.server.admin.api.TargetView;
import org.dbstore.server.admin.client.AdminClient;
import org.dbstore.server.admin.client.RemoteJob;
import org.dbstore.server.admin.json.Json;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Goal: each kind of thing is told as it is, and changed as asked, over a real connection. */
class ResourceTest {
    private static final int MIB = 1 << 20;
    private static final ApiPath VOLUMES = ApiPath.of("devices", "main", "volumes");

    @TempDir Path folder;

    private AdminFixture fixture;
    private AdminClient client;

    @BeforeEach
    void start() throws BackendException, IOException {
        fixture = new AdminFixture(folder);
        client = fixture.client();
    }

    @AfterEach
    void stop() throws BackendException {
        fixture.close();
    }

    @Test
    void statusTellsWhatIsImportant() throws IOException {
        StatusView status = client.get(ApiPath.of("status"), StatusView.class);
        assertEquals("main", status.devices().getFirst().name());
        assertEquals(List.of(new StatusView.Target(AdminFixture.TARGET, 1, 0)), status.targets());
        assertEquals(1, status.portals().size());
        assertEquals(1, status.configVersion());
        assertEquals(List.of(), status.problems());
    }

    @Test
    void devicesAreListedWithTheirSpace() throws IOException {
        DeviceView device = client.list(ApiPath.of("devices"), DeviceView.class).getFirst();
        assertEquals(128 * MIB, device.sizeBytes());
        SpaceInfo space = client.get(ApiPath.of("devices", "main", "space"), SpaceInfo.class);
        assertEquals("served", space.volumes().getFirst().name());
    }

    @Test
    void aCheckIsAJobWithAResult() throws IOException {
        ApiPath path = ApiPath.of("devices", "main", "check");
        JobView job = client.post(path, null, JobView.class);
        JobView done = new RemoteJob(client, job).await((a, b) -> {}, () -> false);
        assertEquals(JobView.State.DONE, done.state());
        CheckView check = Json.convert(done.result().orElseThrow(), CheckView.class);
        assertEquals(Verdict.CLEAN, check.verdict());
        assertEquals(done, client.list(ApiPath.of("jobs"), JobView.class).getFirst());
    }

    @Test
    void targetsAreToldWithTheirLuns() throws IOException {
        TargetView target =
                client.get(ApiPath.of("targets", AdminFixture.TARGET), TargetView.class);
        assertEquals("served", target.luns().getFirst().volume());
        assertEquals(
                List.of(new TargetView.AccessState(1, "optimized", false)), target.accessStates());
        assertEquals(Optional.empty(), target.luns().getFirst().snapshot());
        assertEquals(List.of(target), client.list(ApiPath.of("targets"), TargetView.class));
    }

    @Test
    void withoutSessionsNoneAreListed() throws IOException {
        assertEquals(List.of(), client.list(ApiPath.of("sessions"), SessionView.class));
    }

    @Test
    void severalChangesOfAVolumeAreOneRequest() throws IOException, InterruptedException {
        assertEquals(
                201,
                fixture.send(
                                "POST",
                                "/v1/devices/main/volumes",
                                "{\"name\":\"v\",\"sizeBytes\":1048576}")
                        .statusCode());
        HttpResponse<String> answer =
                fixture.send(
                        "PATCH",
                        "/v1/devices/main/volumes/v",
                        "{\"name\":\"w\",\"sizeBytes\":2097152,\"labels\":{\"set\":{\"a\":\"b\"}}}");
        assertEquals(200, answer.statusCode(), answer.body());
        VolumeInfo volume = client.get(VOLUMES.to("w"), VolumeInfo.class);
        assertEquals(2 * MIB, volume.sizeBytes());
        assertEquals(Map.of("a", "b"), volume.labels());
    }

    @Test
    void aWholeVolumeIsPutAndGot() throws IOException, BackendException {
        fixture.store().createVolume("v", 2 * MIB);
        byte[] contents = new byte[MIB + 5000];
        contents[5] = 1;
        contents[MIB] = 2;
        contents[MIB + 4999] = 3;
        put("v", contents);
        byte[] whole = get(VOLUMES.to("v").to("data"), Map.of());
        assertEquals(2 * MIB, whole.length);
        assertEquals(3, whole[MIB + 4999]);
        assertEquals(3 * 4096, fixture.store().volume("v").mappedBytes(), "zeroes are not stored");
        put("v", new byte[] {7});
        assertEquals(7, get(VOLUMES.to("v").to("data"), Map.of())[0]);
        assertEquals(4096, fixture.store().volume("v").mappedBytes(), "the rest became zero");
    }

    @Test
    void aRangeIsGot() throws IOException, BackendException {
        fixture.store().createVolume("v", MIB);
        put("v", new byte[] {1, 2, 3, 4});
        ApiPath data = VOLUMES.to("v").to("data");
        assertArrayEquals(new byte[] {2, 3}, get(data, Map.of("Range", "bytes=1-2")));
        assertEquals(10, get(data, Map.of("Range", "bytes=%d-".formatted(MIB - 10))).length);
    }

    @Test
    void whatInitiatorsUseIsNotWrittenUnderThem() throws IOException, InterruptedException {
        HttpResponse<String> answer =
                fixture.send("PUT", "/v1/devices/main/volumes/served/data?offset=0", "hello");
        assertEquals(409, answer.statusCode(), answer.body());
        assertTrue(answer.body().contains("in use"), answer.body());
    }

    @Test
    void theConfigurationIsPlannedAndApplied() throws IOException {
        PlanView plan = client.post(ApiPath.of("config", "plan"), null, PlanView.class);
        assertEquals(List.of(), plan.changes());
        AppliedView applied = client.post(ApiPath.of("config", "apply"), null, AppliedView.class);
        assertEquals(plan.version(), applied.version(), "nothing changed");
    }

    private void put(String volume, byte[] contents) throws IOException {
        client.upload(
                VOLUMES.to(volume).to("data"),
                Map.of(),
                output -> new ByteArrayInputStream(contents).transferTo(output),
                Object.class);
    }

    private byte[] get(ApiPath path, Map<String, String> headers) throws IOException {
        try (InputStream input = client.download(path, headers)) {
            return input.readAllBytes();
        }
    }
}
