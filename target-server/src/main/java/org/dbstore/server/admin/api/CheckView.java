package org.dbstore.server.admin.api;

import org.dbstore.backend.check.CheckReport;
import org.dbstore.backend.check.Verdict;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What a check found, as {@link CheckReport}.
 *
 * @param path of the device
 * @param deviceId identity, if it has one
 * @param sizeBytes of the device
 * @param open true if it is in use, or was not closed
 * @param verdict as bad as the worst finding
 * @param findings in the order of the check
 */
public record CheckView(
        String path,
        Optional<UUID> deviceId,
        long sizeBytes,
        boolean open,
        Verdict verdict,
        List<FindingView> findings) {
    /** Shows a report. */
    public static CheckView of(CheckReport report) {
        return new CheckView(
                report.device(),
                report.deviceId(),
                report.sizeBytes(),
                report.open(),
                report.verdict(),
                report.findings().stream().map(FindingView::of).toList());
    }

    /** What the engine says. */
    public CheckReport report() {
        return new CheckReport(
                path,
                sizeBytes,
                deviceId,
                open,
                findings.stream().map(FindingView::finding).toList());
    }
}
