package org.dbstore.tests.fuzz;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Makes new inputs of old ones, the same for the same seed. */
final class ByteMutator {
    private static final int[] TELLING = {0, 1, 2, 4, 8, 16, 32, 64, 127, 128, 254, 255};

    private final SplittableRandom random;
    private final List<byte[]> seeds;

    ByteMutator(long seed, List<byte[]> seeds) {
        this.random = new SplittableRandom(seed);
        this.seeds = seeds;
    }

    byte[] next() {
        byte[] input = pick().clone();
        for (int i = random.nextInt(1, 6); i > 0; i--) {
            input = change(input);
        }
        return input;
    }

    private byte[] pick() {
        return seeds.get(random.nextInt(seeds.size()));
    }

    private byte[] change(byte[] input) {
        if (input.length == 0) {
            return pick().clone();
        }
        int at = random.nextInt(input.length);
        switch (random.nextInt(8)) {
            case 0 -> input[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> input[at] = (byte) TELLING[random.nextInt(TELLING.length)];
            case 2 -> input[at] = (byte) random.nextInt(256);
            case 3 -> {
                return joined(Arrays.copyOf(input, at), random.nextInt(32), input, at);
            }
            case 4 -> {
                return joined(
                        Arrays.copyOf(input, at),
                        0,
                        input,
                        Math.min(input.length, at + random.nextInt(1, 33)));
            }
            case 5 -> {
                byte[] other = pick();
                return joined(Arrays.copyOf(input, at), 0, other, random.nextInt(other.length + 1));
            }
            case 6 -> {
                return Arrays.copyOf(input, at);
            }
            default -> {
                int to = random.nextInt(input.length);
                int count = Math.min(random.nextInt(1, 17), input.length - Math.max(at, to));
                System.arraycopy(input, at, input, to, count);
            }
        }
        return input;
    }

    /** A head, some noise, and the rest of something. */
    private byte[] joined(byte[] head, int noiseBytes, byte[] rest, int from) {
        byte[] noise = new byte[noiseBytes];
        random.nextBytes(noise);
        byte[] all = Arrays.copyOf(head, head.length + noiseBytes + rest.length - from);
        System.arraycopy(noise, 0, all, head.length, noiseBytes);
        System.arraycopy(rest, from, all, head.length + noiseBytes, rest.length - from);
        return all;
    }
}
