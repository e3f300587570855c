package org.dbstore.tests.benchmark;

import org.openjdk.jmh.Main;

import java.util.ArrayList;
import java.util.List;

/** Runs the benchmarks as JMH is told to, with what else there is to know of an operation. */
final class Microbench {
    private Microbench() {}

    /** Takes the arguments of JMH. */
    public static void main(String[] arguments) throws Exception {
        List<String> all =
                new ArrayList<>(
                        List.of("-foe", "true", "-prof", "gc", "-prof", CpuTime.class.getName()));
        all.addAll(List.of(arguments));
        Main.main(all.toArray(String[]::new));
    }
}
