package org.dbstore.backend.simulation;

import java.io.PrintWriter;
import java.io.StringWriter;

/** Failures as text. */
final class Failures {
    private Failures() {}

    static String trace(Throwable e) {
        StringWriter text = new StringWriter();
        e.printStackTrace(new PrintWriter(text));
        return text.toString();
    }
}
