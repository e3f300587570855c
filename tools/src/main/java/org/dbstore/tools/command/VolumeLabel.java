package org.dbstore.tools.command;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.Store;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

import java.util.List;

/** Labels a volume. */
@Command(
        name = "label",
        description = "Set and remove labels of a volume: keys and values for your own use.",
        footer = {"", "Example:", "  dbsctl volume label vm1 tier=gold owner-"})
final class VolumeLabel extends StoreChange {
    @Parameters(
            index = "0",
            paramLabel = "VOLUME",
            description = "Name, or #SLOT if the name cannot be typed.")
    String volume = "";

    @Parameters(
            index = "1..*",
            arity = "1..*",
            paramLabel = "KEY=VALUE|KEY-",
            converter = LabelChange.Converter.class,
            description = "Set a label, or remove one.")
    List<LabelChange> labels = List.of();

    @Override
    void run(Store store) throws BackendException {
        store.labelVolume(volume, LabelChange.set(labels), LabelChange.removed(labels));
        dbsctl().printer().done("Labelled " + volume, Rows.VOLUME, store.volume(volume));
    }
}
