package org.dbstore.server;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.SnapshotInfo;
import org.dbstore.backend.StoreGuard;
import org.dbstore.backend.VolumeInfo;
import org.dbstore.config.DbsConfig;
import org.dbstore.config.LunConfig;
import org.dbstore.config.TargetConfig;

import java.util.Optional;

/**
 * Keeps what is served and what is done to a device in step: what a LUN needs is not deleted, a new
 * name is the configuration's too, and snapshots that appear by themselves come and go.
 *
 * @param server of which
 * @param store of the device
 */
record ServingGuard(TargetServer server, BlockStore store) implements StoreGuard {
    @Override
    public void deleteVolume(String name, Operation deletion) throws BackendException {
        VolumeInfo volume = store.volume(name);
        refuse("volume " + volume.name(), useOf(volume, Optional.empty(), true));
        deletion.run();
    }

    @Override
    public void renameVolume(String name, String newName, Operation renaming)
            throws BackendException {
        VolumeInfo volume = store.volume(name);
        Optional<String> device = server.nameOf(store);
        boolean taken = store.volumes().stream().anyMatch(each -> each.name().equals(newName));
        if (device.isEmpty() || taken) {
            renaming.run();
            return;
        }
        server.rename(
                renaming,
                () -> store.renameVolume("#" + volume.slot(), volume.name()),
                config -> Renamed.volume(config, device.get(), volume.name(), newName));
    }

    @Override
    public void deleteSnapshot(int id, Operation deletion) throws BackendException {
        Optional<VolumeInfo> volume = volumeOf(id);
        if (volume.isPresent()) {
            refuse(
                    "snapshot " + id + " of " + volume.get().name(),
                    useOf(volume.get(), Optional.of(id), false));
        }
        server.hide(store, id, deletion);
    }

    @Override
    public void renameSnapshot(int id, String newName, Operation renaming) throws BackendException {
        Optional<VolumeInfo> volume = volumeOf(id);
        Optional<String> device = server.nameOf(store);
        Optional<String> name = volume.isEmpty() ? Optional.empty() : nameOf(volume.get(), id);
        if (volume.isEmpty() || device.isEmpty() || name.isEmpty()) {
            renaming.run();
            server.refreshSnapshots();
            return;
        }
        server.rename(
                renaming,
                () -> store.renameSnapshot(id, name.get()),
                config ->
                        Renamed.snapshot(
                                config, device.get(), volume.get().name(), name.get(), newName));
    }

    @Override
    public void snapshotsChanged() {
        server.refreshSnapshots();
    }

    private Optional<String> nameOf(VolumeInfo volume, int id) throws BackendException {
        return store.snapshots("#" + volume.slot()).stream()
                .filter(snapshot -> snapshot.id() == id)
                .findFirst()
                .flatMap(SnapshotInfo::name);
    }

    private Optional<VolumeInfo> volumeOf(int id) throws BackendException {
        for (VolumeInfo volume : store.volumes()) {
            if (store.snapshots("#" + volume.slot()).stream().anyMatch(each -> each.id() == id)) {
                return Optional.of(volume);
            }
        }
        return Optional.empty();
    }

    private static void refuse(String what, Optional<String> use) throws BackendException {
        if (use.isPresent()) {
            throw new BackendException(
                    BackendError.BUSY, what + " is " + use.get() + "; unmap that before");
        }
    }

    /** A LUN that is configured to show a volume or a certain snapshot of it. */
    private Optional<String> useOf(VolumeInfo volume, Optional<Integer> id, boolean anySnapshot)
            throws BackendException {
        DbsConfig config = server.config();
        Optional<String> device = server.nameOf(store);
        for (TargetConfig target : config.targets()) {
            for (LunConfig lun : target.luns()) {
                if (device.isPresent()
                        && lun.device().equals(device.get())
                        && isOf(lun, volume)
                        && (anySnapshot || shows(lun, id))) {
                    return Optional.of("LUN " + lun.number() + " of target " + target.name());
                }
            }
        }
        return Optional.empty();
    }

    private static boolean isOf(LunConfig lun, VolumeInfo volume) {
        return lun.volume().equals(volume.name()) || lun.volume().equals("#" + volume.slot());
    }

    private boolean shows(LunConfig lun, Optional<Integer> id) throws BackendException {
        if (lun.snapshot().isEmpty() || id.isEmpty()) {
            return false;
        }
        try {
            return store.snapshotId(lun.volume(), lun.snapshot()) == id.get();
        } catch (BackendException e) {
            if (e.error() == BackendError.NOT_FOUND) {
                return false; // a LUN whose snapshot is not there shows none
            }
            throw e;
        }
    }
}
