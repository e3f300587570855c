package org.dbstore.tools.command;

import static org.dbstore.tools.output.Column.flag;
import static org.dbstore.tools.output.Column.size;
import static org.dbstore.tools.output.Column.text;

import org.dbstore.backend.SpaceInfo;
import org.dbstore.tools.output.Column;

import java.util.List;

/** What is shown of the use of space. */
final class SpaceRows {
    /**
     * What a deletion would win.
     *
     * @param name of what would be deleted
     * @param freedBytes of whole extents
     */
    record Win(String name, long freedBytes) {}

    /** A layer with its volume. */
    record Layer(String volume, SpaceInfo.LayerSpace space) {}

    static final List<Column<SpaceInfo>> DEVICE =
            List.of(
                    size("totalBytes", "TOTAL", SpaceInfo::totalBytes),
                    size("freeBytes", "FREE", SpaceInfo::freeBytes),
                    size("reservedBytes", "RESERVED", SpaceInfo::reservedBytes),
                    size("usedBytes", "USED", SpaceInfo::usedBytes),
                    size("exclusiveBytes", "BY ONE VOLUME", SpaceRows::exclusive),
                    size("sharedBytes", "BY SEVERAL", SpaceInfo::sharedBytes),
                    size("pendingBytes", "PENDING", SpaceInfo::pendingBytes),
                    size("lostBytes", "LOST", SpaceInfo::lostBytes));

    static final List<Column<SpaceInfo.VolumeSpace>> VOLUME =
            List.of(
                    text("name", "NAME", SpaceInfo.VolumeSpace::name),
                    size("sizeBytes", "SIZE", SpaceInfo.VolumeSpace::sizeBytes),
                    size("mappedBytes", "MAPPED", SpaceInfo.VolumeSpace::mappedBytes),
                    size("shownBytes", "EXTENTS", SpaceInfo.VolumeSpace::shownBytes),
                    size("exclusiveBytes", "EXCLUSIVE", SpaceInfo.VolumeSpace::exclusiveBytes),
                    size("sharedBytes", "SHARED", SpaceInfo.VolumeSpace::sharedBytes));

    static final List<Column<Layer>> LAYER =
            List.of(
                    text("name", "NAME", layer -> layer.volume + "@" + layer.space.name()),
                    flag("head", "HEAD", layer -> layer.space.head()),
                    size("mappedBytes", "MAPPED", layer -> layer.space.mappedBytes()),
                    size("ownBytes", "OWN", layer -> layer.space.ownBytes()),
                    size("exclusiveBytes", "EXCLUSIVE", layer -> layer.space.exclusiveBytes()),
                    size("sharedBytes", "SHARED", layer -> layer.space.sharedBytes()));

    static final List<Column<Win>> WIN =
            List.of(text("name", "NAME", Win::name), size("freedBytes", "FREED", Win::freedBytes));

    private SpaceRows() {}

    private static long exclusive(SpaceInfo space) {
        return space.volumes().stream().mapToLong(SpaceInfo.VolumeSpace::exclusiveBytes).sum();
    }
}
