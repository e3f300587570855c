package org.dbstore.config.peer;

import org.dbstore.config.ConfigException;
import org.dbstore.config.Place;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Reads the configuration of another target. Nothing is written, and no device is touched. */
public final class ConfigImport {
    private ConfigImport() {}

    /** Whose configuration it is. */
    public enum Format {
        /** {@code saveconfig.json} of targetcli (LIO, the target of the Linux kernel). */
        TARGETCLI,
        /** {@code targets.conf} of tgt-admin. */
        TGT,
        /** {@code ctl.conf} of ctld (FreeBSD), in its own form or in UCL. */
        CTL,
        /** {@code scst.conf} of scstadmin 2 and later. */
        SCST
    }

    /**
     * Reads one.
     *
     * @param format of the file
     * @param file the peer's; what it includes is read too
     * @param device name that the device with the volumes gets
     * @param devicePath where the device is, or will be
     * @return ours
     * @throws ConfigException with file and line of what cannot be understood
     */
    public static Imported read(Format format, Path file, String device, Path devicePath)
            throws ConfigException {
        Draft draft = new Draft(device, devicePath.toAbsolutePath().normalize());
        String name = file.toString();
        switch (format) {
            case TARGETCLI -> new TargetcliImport(draft).read(Json.read(text(file), name));
            case TGT -> new TgtImport(draft).read(file);
            case CTL -> new CtlImport(draft).read(ctl(text(file), name));
            case SCST ->
                    new ScstImport(draft)
                            .read(
                                    new ClauseReader(name, ClauseReader.Syntax.BRACES)
                                            .read(text(file)));
        }
        return draft.finish(new Place(name, 0));
    }

    private static List<Clause> ctl(String text, String name) throws ConfigException {
        return CtlUcl.isUcl(text)
                ? CtlUcl.clauses(UclReader.read(text, name))
                : new ClauseReader(name, ClauseReader.Syntax.BRACES).read(text);
    }

    static String text(Path file) throws ConfigException {
        Place place = new Place(file.toString(), 0);
        try {
            return Files.readString(file);
        } catch (CharacterCodingException e) {
            throw refused(place, "is not text in UTF-8; save it as UTF-8");
        } catch (IOException e) {
            throw refused(place, "cannot be read: " + e.getMessage() + "; name another file");
        }
    }

    static ConfigException refused(Place place, String what) {
        return new ConfigException(List.of(place + ": " + what));
    }
}
