package org.dbstore.backend.format;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import java.util.BitSet;
import java.util.SplittableRandom;

/** Goal: the four words behave as a set of 256 bits does, at every word boundary. */
class BlockBitmapTest {
    private static final int BASE = 4;

    @Test
    void rangesBehaveAsThoseOfABitSet() {
        SplittableRandom random = new SplittableRandom(1);
        long[] words = new long[BASE + BlockBitmap.WORDS];
        BitSet model = new BitSet(256);
        for (int i = 0; i < 20_000; i++) {
            int from = random.nextInt(256);
            int to = from + random.nextInt(257 - from);
            BitSet before = (BitSet) model.clone();
            boolean changed;
            if (random.nextBoolean()) {
                model.set(from, to);
                changed = BlockBitmap.set(words, BASE, from, to);
            } else {
                model.clear(from, to);
                changed = BlockBitmap.clear(words, BASE, from, to);
            }
            assertEquals(!before.equals(model), changed);
            check(words, model, from, to);
        }
    }

    private static void check(long[] words, BitSet model, int from, int to) {
        assertEquals(model.cardinality(), BlockBitmap.count(words, BASE));
        assertEquals(!model.get(from, to).isEmpty(), BlockBitmap.anySet(words, BASE, from, to));
        if (from < to) {
            assertEquals(model.get(from), BlockBitmap.get(words, BASE, from));
            int end = model.get(from) ? model.nextClearBit(from) : model.nextSetBit(from);
            int expected = end < 0 ? to : Math.min(end, to);
            assertEquals(expected, BlockBitmap.runEnd(words, BASE, from, to));
        }
    }

    @Test
    void neighboursInTheArrayAreLeftAlone() {
        long[] words = {-1, -1, -1, -1, 0, 0, 0, 0, -1};
        BlockBitmap.set(words, BASE, 0, 256);
        BlockBitmap.clear(words, BASE, 0, 256);
        assertEquals(-1, words[3]);
        assertEquals(-1, words[8]);
        assertEquals(0, words[4] | words[7]);
    }
}
