package org.dbstore.server.reservation;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.server.scsi.Nexus;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * The kept form of registrations and reservation, big-endian.
 *
 * <pre>
 * byte 0..3   "DBPR"
 * byte 4      version, 1
 * byte 5      TYPE of the reservation, 0 = none
 * byte 6..7   index of the holder's registration, FFFFh = none or all
 * byte 8..9   number of registrations
 * each        8 bytes key, 8 bytes ISID, 2 bytes portal group tag,
 *             1 byte length and initiator name, 1 byte length and target name (UTF-8)
 * last 4      CRC-32C of all before
 * </pre>
 *
 * PRGENERATION is not kept: power on sets it to 0 (SPC-4, "READ KEYS parameter data").
 */
final class ReservationCodec {
    private static final int MAGIC = 0x44425052;
    private static final int VERSION = 1;
    private static final int HEADER_BYTES = 10;
    private static final int CHECKSUM_BYTES = 4;
    private static final int NO_HOLDER = 0xffff;
    private static final int REGISTRATION_BYTES_MAX = 18 + 2 * 256;

    private ReservationCodec() {}

    /** Writes a state; nothing if it is not to last. */
    static byte[] encode(ReservationState state) {
        if (!state.lasting() || state.keys().isEmpty()) {
            return new byte[0];
        }
        List<Nexus> nexuses = new ArrayList<>(state.keys().keySet());
        ByteBuffer data =
                ByteBuffer.allocate(
                        HEADER_BYTES + nexuses.size() * REGISTRATION_BYTES_MAX + CHECKSUM_BYTES);
        ReservationType type = state.type();
        int holder = state.holder() == null ? NO_HOLDER : nexuses.indexOf(state.holder());
        data.putInt(MAGIC).put((byte) VERSION).put((byte) (type == null ? 0 : type.code()));
        data.putShort((short) holder).putShort((short) nexuses.size());
        state.keys()
                .forEach((nexus, key) -> {
                    data.putLong(key).putLong(nexus.isid());
                    data.putShort((short) nexus.portalGroupTag());
                    putName(data, nexus.initiatorName());
                    putName(data, nexus.targetName());
                });
        data.putInt(checksum(data.array(), data.position()));
        byte[] bytes = new byte[data.position()];
        data.get(0, bytes);
        return bytes;
    }

    /**
     * Reads a state.
     *
     * @param bytes as {@link #encode} wrote them; nothing means no registrations
     * @throws BackendException {@link BackendError#CORRUPT}
     */
    static ReservationState decode(byte[] bytes) throws BackendException {
        if (bytes.length == 0) {
            return ReservationState.NONE;
        }
        ByteBuffer data = ByteBuffer.wrap(bytes);
        int end = bytes.length - CHECKSUM_BYTES;
        if (end < HEADER_BYTES || checksum(bytes, end) != data.getInt(end)) {
            throw damaged("checksum", null);
        }
        if (data.getInt() != MAGIC || data.get() != VERSION) {
            throw damaged("not of this version", null);
        }
        try {
            return decodeBody(data.limit(end));
        } catch (BufferUnderflowException e) {
            throw damaged("too short", e);
        }
    }

    private static ReservationState decodeBody(ByteBuffer data) throws BackendException {
        int code = data.get();
        ReservationType type = ReservationType.of(code);
        int holder = Short.toUnsignedInt(data.getShort());
        int count = Short.toUnsignedInt(data.getShort());
        Map<Nexus, Long> keys = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            long key = data.getLong();
            long isid = data.getLong();
            int tag = Short.toUnsignedInt(data.getShort());
            keys.put(new Nexus(name(data), isid, name(data), tag), key);
        }
        boolean single = type != null && !type.heldByAll();
        if (data.hasRemaining()
                || (code != 0 && type == null)
                || keys.size() != count
                || single != (holder < count)) {
            throw damaged("contradicts itself", null);
        }
        Nexus holding = single ? List.copyOf(keys.keySet()).get(holder) : null;
        return new ReservationState(0, true, keys, type, holding);
    }

    private static void putName(ByteBuffer data, String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > 0xff) {
            throw new IllegalArgumentException("an iSCSI name of " + bytes.length + " bytes");
        }
        data.put((byte) bytes.length).put(bytes);
    }

    private static String name(ByteBuffer data) {
        byte[] bytes = new byte[Byte.toUnsignedInt(data.get())];
        data.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static int checksum(byte[] bytes, int length) {
        var crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }

    private static BackendException damaged(
            String why, @org.jspecify.annotations.Nullable Exception cause) {
        String message = "kept persistent reservations are damaged: " + why;
        return cause == null
                ? new BackendException(BackendError.CORRUPT, message)
                : new BackendException(BackendError.CORRUPT, message, cause);
    }
}
