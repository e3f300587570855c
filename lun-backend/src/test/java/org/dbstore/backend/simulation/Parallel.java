package org.dbstore.backend.simulation;

/** Runs the same work on several threads and waits for all. */
final class Parallel {
    private Parallel() {}

    static void run(int threadCount, Runnable work) {
        Thread[] threads = new Thread[threadCount];
        for (int i = 0; i < threadCount; i++) {
            threads[i] = Thread.ofPlatform().name("simulation-" + i).start(work);
        }
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new IllegalStateException("nobody interrupts a simulation", e);
            }
        }
    }
}
