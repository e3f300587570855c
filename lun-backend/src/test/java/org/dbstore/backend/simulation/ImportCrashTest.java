package org.dbstore.backend.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.OpenOptions;
import org.dbstore.backend.ProgressListener;
import org.dbstore.backend.Volume;
import org.dbstore.backend.stream.PartialImport;
import org.dbstore.backend.stream.SnapshotExport;
import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;

/** Goal: of an import that is cut short there is all or nothing, whatever is done next. */
class ImportCrashTest {
    private final SimulatedDevice device = Template.USED.device();
    private final Contents contents = new Contents();
    private final SplittableRandom random = new SplittableRandom(1);

    /** Found by bin/crash-test, seed 1000781. */
    @Test
    void aDiscardThatIsCutShortIsNotTakenForAnImportToGoOnWith() throws Exception {
        List<SimulatedDevice> states = new ArrayList<>();
        Map<Integer, Integer> before;
        Map<Integer, Integer> after;
        ImportModel increment;
        try (BlockStore store = device.open(OpenOptions.DEFAULT)) {
            store.createVolume("a", 2 << 20);
            before = written(store, 10);
            int base = store.createSnapshot("a");
            after = written(store, 1000);
            int next = store.createSnapshot("a");
            model(export(store, base, OptionalInt.empty())).run(store);
            byte[] stream = export(store, next, OptionalInt.of(base));
            increment = model(stream);
            assertThrows(IOException.class, () -> increment.run(store, stream.length - 1));
            device.setFate((operation, offset, length) -> {
                if (operation != Fate.Operation.READ) {
                    states.add(device.afterPowerLoss(Survival.ALL, random));
                    states.add(device.afterPowerLoss(Survival.any(random), random));
                }
                return Fate.Outcome.DONE;
            });
            new PartialImport(store, "b").discard();
            device.setFate((operation, offset, length) -> Fate.Outcome.DONE);
        }
        int ended = 0;
        for (SimulatedDevice state : states) {
            try (BlockStore store = state.open(OpenOptions.DEFAULT)) {
                boolean isAll = increment.isPartial(store) && increment.resume(store);
                if (!isAll && increment.isPartial(store)) {
                    assertTrue(increment.discard(store));
                }
                ended += isAll ? 1 : 0;
                assertEquals(isAll ? after : before, contentOf(store, "b"));
            }
        }
        assertTrue(ended > 0 && ended < states.size(), ended + " of " + states.size());
    }

    /** Some blocks of the volume get another content. */
    private Map<Integer, Integer> written(BlockStore store, int firstStamp)
            throws BackendException {
        Volume volume = store.openVolume("a");
        for (int block = 0; block < 2 << 8; block += 50) {
            volume.write(block * 4096L, Stamps.sectors(8, firstStamp + block));
        }
        store.release(volume);
        return contentOf(store, "a");
    }

    private Map<Integer, Integer> contentOf(BlockStore store, String name) throws BackendException {
        Volume volume = store.openVolume(name);
        try {
            return contents.of(volume);
        } finally {
            store.release(volume);
        }
    }

    private static ImportModel model(byte[] stream) {
        return new ImportModel("b", stream, new VolumeModel(2));
    }

    private static byte[] export(BlockStore store, int snapshot, OptionalInt base)
            throws BackendException, IOException {
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        new SnapshotExport(store, "a", snapshot, base, ProgressListener.NONE)
                .write(Channels.newChannel(stream), Optional.empty());
        return stream.toByteArray();
    }
}
