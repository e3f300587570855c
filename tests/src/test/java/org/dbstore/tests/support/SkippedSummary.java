package org.dbstore.tests.support;

import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

import java.util.SortedMap;
import java.util.TreeMap;

/** Says at the end of a run, in one line, what was skipped and why. */
public final class SkippedSummary implements TestExecutionListener {
    private final SortedMap<String, Integer> countByReason = new TreeMap<>();

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        if (result.getStatus() == TestExecutionResult.Status.ABORTED) {
            note(result.getThrowable().map(Throwable::getMessage).orElse("no reason given"));
        }
    }

    @Override
    public void executionSkipped(TestIdentifier test, String reason) {
        note(reason);
    }

    @Override
    public void testPlanExecutionFinished(TestPlan plan) {
        if (!countByReason.isEmpty()) {
            System.out.println("SKIPPED, number by reason: " + countByReason);
        }
    }

    private synchronized void note(String reason) {
        countByReason.merge(reason, 1, Integer::sum);
    }
}
