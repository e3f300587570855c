package org.dbstore.server.audit;

import org.apache.logging.log4j.core.Layout;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;

import java.io.IOException;
import java.io.OutputStream;
import java.io.Serializable;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The file of the audit log, appended to. It can be opened anew under its name without losing a
 * line, so that whoever rotates logs may rename it. Safe for all threads.
 */
public final class AuditFile extends AbstractAppender {
    private final Path path;
    private OutputStream out; // guarded by this

    /**
     * Opens it.
     *
     * @param name of the appender
     * @param path made if it is not there; its folder is
     * @param layout of its lines
     * @throws IOException if it cannot be written
     */
    public AuditFile(String name, Path path, Layout<? extends Serializable> layout)
            throws IOException {
        super(name, null, layout, true, Property.EMPTY_ARRAY);
        this.path = path;
        this.out = open();
    }

    private OutputStream open() throws IOException {
        return Channels.newOutputStream(
                Files.newByteChannel(
                        path,
                        Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------"))));
    }

    /** Writes to the file that has the name now. */
    @Override
    public void append(LogEvent event) {
        byte[] line = getLayout().toByteArray(event);
        synchronized (this) {
            try {
                out.write(line);
            } catch (IOException e) {
                error("a line of the audit log is lost", event, e);
            }
        }
    }

    /**
     * Goes on in the file that has the name now, which is made if none has.
     *
     * @throws IOException if that cannot be; the old file goes on
     */
    public synchronized void reopen() throws IOException {
        OutputStream next = open();
        OutputStream old = out;
        out = next;
        old.close();
    }

    @Override
    public boolean stop(long timeout, TimeUnit unit) {
        setStopping();
        try {
            synchronized (this) {
                out.close();
            }
        } catch (IOException e) {
            error("the file of the audit log did not close well", e);
        }
        return super.stop(timeout, unit, false);
    }
}
