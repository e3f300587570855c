package org.dbstore.server.admin.api;

import org.dbstore.backend.Finding;
import org.dbstore.backend.Problem;
import org.dbstore.backend.Severity;

import java.util.OptionalLong;

/**
 * Something found on a device.
 *
 * @param severity how bad it is
 * @param problem what kind of thing
 * @param object what is concerned
 * @param offset in bytes on the device, if it is in one place
 * @param text a sentence
 * @param effect what it means
 * @param remedy what to do
 */
public record FindingView(
        Severity severity,
        Problem problem,
        String object,
        OptionalLong offset,
        String text,
        String effect,
        String remedy) {
    /** Shows a finding. */
    public static FindingView of(Finding finding) {
        return new FindingView(
                finding.severity(),
                finding.problem(),
                finding.object(),
                finding.offset(),
                finding.text(),
                finding.problem().effect(),
                finding.problem().remedy());
    }

    /** What the engine says of it. */
    public Finding finding() {
        return new Finding(problem, object, offset, text);
    }
}
