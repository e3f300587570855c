package org.dbstore.backend.simulation;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;

/**
 * Sparse bytes that can be copied at the price of a pointer for 16 KiB: copies share pages until
 * one of them writes. It remembers how the pages were at the last {@link #mark}. Not thread-safe.
 */
final class Pages {
    private static final int SHIFT = 14;
    static final int PAGE_BYTES = 1 << SHIFT;
    private static final byte[] ZEROES = new byte[PAGE_BYTES];

    private final byte[] @Nullable [] pages;
    private final BitSet owned = new BitSet();
    private final BitSet changed = new BitSet();
    private int[] changedPages = new int[16];
    private byte[] @Nullable [] before = new byte[16][];
    private int changedCount;

    Pages(long bytes) {
        this(new byte[Math.toIntExact((bytes + PAGE_BYTES - 1) >> SHIFT)][]);
    }

    private Pages(byte[] @Nullable [] pages) {
        this.pages = pages;
    }

    /** Returns a copy as the pages are now. */
    Pages copy() {
        owned.clear();
        return new Pages(pages.clone());
    }

    /** Returns a copy as the pages were at the last mark. */
    Pages copyOfMarked() {
        Pages copy = copy();
        for (int i = 0; i < changedCount; i++) {
            copy.pages[changedPages[i]] = before[i];
        }
        return copy;
    }

    /** What is here now is what {@link #copyOfMarked} returns from now on. */
    void mark() {
        owned.clear();
        changed.clear();
        Arrays.fill(before, 0, changedCount, null);
        changedCount = 0;
    }

    void read(long offset, ByteBuffer target) {
        long at = offset;
        while (target.hasRemaining()) {
            at += read(pages[(int) (at >> SHIFT)], at, target);
        }
    }

    /** As {@link #read}, as the bytes were at the last mark. */
    void readMarked(long offset, ByteBuffer target) {
        long at = offset;
        while (target.hasRemaining()) {
            at += read(marked((int) (at >> SHIFT)), at, target);
        }
    }

    private static int read(byte @Nullable [] page, long at, ByteBuffer target) {
        int inPage = (int) at & PAGE_BYTES - 1;
        int count = Math.min(target.remaining(), PAGE_BYTES - inPage);
        target.put(page == null ? ZEROES : page, inPage, count);
        return count;
    }

    private byte @Nullable [] marked(int page) {
        for (int i = 0; changed.get(page) && i < changedCount; i++) {
            if (changedPages[i] == page) {
                return before[i];
            }
        }
        return pages[page];
    }

    /** True if all bytes are the same. */
    boolean equalsBytesOf(Pages other) {
        for (int i = 0; i < pages.length; i++) {
            byte @Nullable [] mine = pages[i];
            byte @Nullable [] others = other.pages[i];
            if (!Arrays.equals(mine == null ? ZEROES : mine, others == null ? ZEROES : others)) {
                return false;
            }
        }
        return true;
    }

    void write(long offset, byte[] source, int from, int length) {
        int done = 0;
        while (done < length) {
            long at = offset + done;
            int inPage = (int) at & PAGE_BYTES - 1;
            int count = Math.min(length - done, PAGE_BYTES - inPage);
            if (count == PAGE_BYTES && isZero(source, from + done)) {
                put((int) (at >> SHIFT), ZEROES); // most of a new journal; shared by all
            } else {
                System.arraycopy(source, from + done, own((int) (at >> SHIFT)), inPage, count);
            }
            done += count;
        }
    }

    private static boolean isZero(byte[] source, int from) {
        return Arrays.equals(source, from, from + PAGE_BYTES, ZEROES, 0, PAGE_BYTES);
    }

    /** Puts a page that is not owned. */
    private void put(int page, byte @Nullable [] content) {
        remember(page);
        owned.clear(page);
        pages[page] = content;
    }

    /** True if a write there would take a page that has never been written. */
    boolean isAbsent(long offset) {
        return pages[(int) (offset >> SHIFT)] == null;
    }

    /** Replaces whole pages of the range that were ever written: by null or by a shared content. */
    int replace(long offset, long length, byte @Nullable [] content) {
        int replaced = 0;
        for (int page = (int) ((offset + PAGE_BYTES - 1) >> SHIFT);
                page < (offset + length) >> SHIFT;
                page++) {
            if (pages[page] != null) {
                put(page, content);
                replaced++;
            }
        }
        return replaced;
    }

    /** True if the bytes equal those at the last mark. */
    boolean isAsMarked(long offset, byte[] content, int from, int length) {
        byte @Nullable [] old = marked((int) (offset >> SHIFT));
        int inPage = (int) offset & PAGE_BYTES - 1;
        return Arrays.equals(
                old == null ? ZEROES : old, inPage, inPage + length, content, from, from + length);
    }

    private byte[] own(int page) {
        byte @Nullable [] present = pages[page];
        if (present != null && owned.get(page)) {
            return present;
        }
        remember(page);
        owned.set(page);
        byte[] mine = present == null ? new byte[PAGE_BYTES] : present.clone();
        pages[page] = mine;
        return mine;
    }

    private void remember(int page) {
        if (changed.get(page)) {
            return;
        }
        changed.set(page);
        if (changedCount == changedPages.length) {
            changedPages = Arrays.copyOf(changedPages, changedCount * 2);
            before = Arrays.copyOf(before, changedCount * 2);
        }
        changedPages[changedCount] = page;
        before[changedCount++] = pages[page];
    }
}
