package org.dbstore.backend.volume;

import org.dbstore.backend.commit.GroupCommit;
import org.dbstore.backend.device.Barrier;
import org.dbstore.backend.device.BlockDevice;
import org.dbstore.backend.device.DeviceIo;
import org.dbstore.backend.device.StoreHealth;
import org.dbstore.backend.extent.CopyOnWrite;
import org.dbstore.backend.extent.ExtentAllocator;
import org.dbstore.backend.extent.ExtentTable;
import org.dbstore.backend.format.Geometry;

import java.util.UUID;

/**
 * What all volumes of a store share.
 *
 * @param device below everything
 * @param readOnly true if nothing may be written to it
 * @param geometry where things lie
 * @param health of the store
 * @param barrier the only way to force
 * @param io transfers of data
 * @param table all extent entries
 * @param allocator the free extents
 * @param copyOnWrite copies between extents
 * @param commits the commit point
 * @param bootId of the running system: another one after each start of it
 */
public record StoreParts(
        BlockDevice device,
        boolean readOnly,
        Geometry geometry,
        StoreHealth health,
        Barrier barrier,
        DeviceIo io,
        ExtentTable table,
        ExtentAllocator allocator,
        CopyOnWrite copyOnWrite,
        GroupCommit commits,
        UUID bootId) {}
