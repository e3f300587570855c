package org.dbstore.backend.simulation;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.Finding;
import org.dbstore.backend.OpenOptions;
import org.dbstore.backend.Severity;
import org.dbstore.backend.check.CheckReport;
import org.dbstore.backend.check.DeviceCheck;
import org.dbstore.backend.check.Verdict;
import org.dbstore.backend.device.BootId;
import org.dbstore.backend.repair.DeviceRepair;
import org.dbstore.backend.repair.RepairOptions;
import org.dbstore.backend.repair.RepairOptions.Doubt;
import org.dbstore.backend.repair.RepairReport;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * Judges check and repair on a damaged device: what is not called damaged opens, and what a repair
 * calls clean opens without a word.
 */
final class DoctorJudge {
    private static final List<RepairOptions> ALL_OPTIONS =
            List.of(
                    RepairOptions.NONE,
                    new RepairOptions(Doubt.FROM_MIRROR, false, true, Set.of()),
                    new RepairOptions(Doubt.KEEP_DEVICE, true, true, Set.of()));

    private DoctorJudge() {}

    /**
     * Judges.
     *
     * @param damaged left as it is
     * @return what went wrong, or null
     */
    static @Nullable String judge(SimulatedDevice damaged) throws BackendException {
        CheckReport report;
        try {
            report = DeviceCheck.run(damaged);
        } catch (BackendException e) {
            return e.error() == BackendError.NOT_A_STORE ? null : "check: " + Failures.trace(e);
        }
        if (report.verdict() != Verdict.DAMAGED && worst(damaged.copy()) == Severity.DAMAGE) {
            return "check saw no damage: " + report.findings();
        }
        for (RepairOptions options : ALL_OPTIONS) {
            String wrong = repair(damaged.copy(), options);
            if (wrong != null) {
                return wrong;
            }
        }
        return null;
    }

    private static @Nullable String repair(SimulatedDevice device, RepairOptions options)
            throws BackendException {
        Path backup = backup();
        try {
            RepairReport report = DeviceRepair.run(device, options, backup, BootId.current());
            if (report.verdict() != Verdict.DAMAGED && worst(device) != Severity.INFO) {
                return "not clean after a repair with " + options;
            }
            return report.verdict() == Verdict.DAMAGED && report.remaining().isEmpty()
                    ? "damaged without a word after a repair with " + options
                    : null;
        } finally {
            backup.toFile().delete();
        }
    }

    /** A name that is not in use. */
    private static Path backup() {
        try {
            Path file = Files.createTempFile("dbs", ".metadata");
            Files.delete(file);
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The worst that an opening finds. */
    private static Severity worst(SimulatedDevice device) throws BackendException {
        try (BlockStore store = device.open(OpenOptions.READ_ONLY)) {
            return store.report().stream()
                    .map(Finding::severity)
                    .max(Severity::compareTo)
                    .orElse(Severity.INFO);
        } catch (BackendException e) {
            if (e.error() == BackendError.CORRUPT || e.error() == BackendError.NOT_A_STORE) {
                return Severity.DAMAGE;
            }
            throw e;
        }
    }
}
