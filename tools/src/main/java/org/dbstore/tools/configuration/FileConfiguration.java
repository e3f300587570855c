package org.dbstore.tools.configuration;

import org.dbstore.config.ConfigException;
import org.dbstore.config.ConfigReader;
import org.dbstore.config.ConfigText;
import org.dbstore.config.Edit;
import org.dbstore.config.ManagedFile;
import org.dbstore.server.admin.api.ConfigViews.AppliedView;
import org.dbstore.server.admin.api.ConfigViews.PlanView;
import org.dbstore.server.admin.api.TargetView;
import org.dbstore.server.plan.Change;
import org.dbstore.server.plan.Effect;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The files of a configuration that no server of this user has in force: edits are checked and
 * kept, and the next start finds them.
 *
 * @param main the main file
 */
public record FileConfiguration(Path main) implements Configuration {
    @Override
    public String text() throws ConfigException {
        return ConfigText.of(ConfigReader.read(main));
    }

    @Override
    public PlanView plan(List<Edit> edits) throws ConfigException {
        ManagedFile.read(main).with(edits).check();
        return new PlanView(0, changes(edits), List.of(), List.of());
    }

    @Override
    public AppliedView apply(List<Edit> edits, PlanView plan) throws ConfigException, IOException {
        ManagedFile edited = ManagedFile.read(main).with(edits);
        edited.check();
        if (!edits.isEmpty()) {
            edited.write();
        }
        return new AppliedView(0, plan.changes(), List.of());
    }

    @Override
    public List<TargetView> targets() {
        return List.of();
    }

    @Override
    public boolean isServed() {
        return false;
    }

    @Override
    public Optional<Path> file() {
        return Optional.of(main);
    }

    private static List<Change> changes(List<Edit> edits) {
        return edits.stream()
                .map(edit -> {
                    String subject = String.join(".", edit.path());
                    return switch (edit) {
                        case Edit.Set set ->
                                change(Change.Kind.CHANGE, subject, "is " + set.value());
                        case Edit.Remove _ ->
                                change(Change.Kind.REMOVE, subject, "is there no more");
                        case Edit.Add add ->
                                change(Change.Kind.ADD, subject, "has also " + add.value());
                        case Edit.Drop drop ->
                                change(Change.Kind.REMOVE, subject, "has no more " + drop.value());
                    };
                })
                .toList();
    }

    private static Change change(Change.Kind kind, String subject, String text) {
        return new Change(kind, subject, text, Effect.NONE);
    }
}
