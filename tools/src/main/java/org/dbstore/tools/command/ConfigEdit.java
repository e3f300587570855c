package org.dbstore.tools.command;

import org.dbstore.config.ConfigException;
import org.dbstore.config.Edit;
import org.dbstore.server.admin.api.ConfigViews.AppliedView;
import org.dbstore.server.admin.api.ConfigViews.PlanView;
import org.dbstore.server.plan.Change;
import org.dbstore.tools.CommandFailure;
import org.dbstore.tools.ExitCode;
import org.dbstore.tools.configuration.ConfigTree;
import org.dbstore.tools.configuration.Configuration;
import org.dbstore.tools.output.Column;
import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;

/**
 * A command that edits a configuration: it says what the edit would change, asks before a session
 * is cut, has it applied in one transaction, and kept.
 */
abstract class ConfigEdit implements Callable<Integer> {
    /**
     * What came of it, or would.
     *
     * @param applied false for a plan
     * @param version of the configuration; 0 without a server
     * @param changes what becomes different
     * @param warnings what did not go well
     */
    private record Result(
            boolean applied, long version, List<Change> changes, List<String> warnings) {}

    private static final List<Column<Result>> COLUMNS =
            List.of(
                    Column.flag("applied", "APPLIED", Result::applied),
                    Column.count("version", "VERSION", Result::version),
                    Column.objects("changes", "CHANGES", result -> objects(result.changes)),
                    Column.texts("warnings", "WARNINGS", Result::warnings));

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    CommandSpec spec;

    @Mixin ConfigChoice choice = new ConfigChoice();

    @Option(names = "--dry-run", description = "Only say what would change.")
    boolean dryRun;

    @Mixin Confirmation confirmation = new Confirmation();

    /** What is to be done; none means that the files are read again. */
    abstract List<Edit> edits(Configuration configuration)
            throws CommandFailure, ConfigException, IOException;

    /** What was done, for people: a sentence without its end. */
    abstract String done();

    /** Called when it is in force, or kept for the next start. */
    void follow(Configuration configuration) throws ConfigException, IOException {}

    /** Called if nothing was changed, so that nothing is left of the attempt. */
    void undo() throws IOException {}

    @Override
    public final Integer call() throws CommandFailure, ConfigException, IOException {
        boolean applied = false;
        try {
            Configuration configuration = choice.find(dbsctl());
            List<Edit> edits = checkedEdits(configuration);
            PlanView plan = configuration.plan(edits);
            if (!plan.obstacles().isEmpty()) {
                throw new CommandFailure(
                        ExitCode.FAILED,
                        String.join("; ", plan.obstacles()),
                        "nothing was changed");
            }
            if (dryRun) {
                tell(
                        plan.changes().isEmpty() ? "Nothing would change" : "Would change:",
                        new Result(false, plan.version(), plan.changes(), List.of()));
            } else {
                agree(plan);
                AppliedView done = configuration.apply(edits, plan);
                applied = true;
                tell(
                        configuration.isServed()
                                ? done()
                                : done() + "; dbsd finds it when it starts",
                        new Result(true, done.version(), done.changes(), done.warnings()));
                done.warnings()
                        .forEach(
                                warning -> dbsctl().terminal().err().println("dbsctl: " + warning));
                cleanUp(configuration);
            }
        } finally {
            if (!applied) {
                undo();
            }
        }
        return ExitCode.OK.number();
    }

    /** The edit is in force, whatever becomes of what it has made needless. */
    private void cleanUp(Configuration configuration) {
        try {
            follow(configuration);
        } catch (ConfigException | IOException e) {
            dbsctl().terminal()
                    .err()
                    .println("dbsctl: what is needed no more is still there: " + e.getMessage());
        }
    }

    private List<Edit> checkedEdits(Configuration configuration)
            throws CommandFailure, ConfigException, IOException {
        try {
            return edits(configuration);
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(
                    ExitCode.USAGE, String.valueOf(e.getMessage()), "docs/config.md has the keys");
        }
    }

    private void agree(PlanView plan) throws CommandFailure {
        if (!plan.cutSessions().isEmpty()) {
            confirmation.require(
                    dbsctl().terminal(),
                    ExitCode.USAGE,
                    "sessions will be cut: " + String.join(", ", plan.cutSessions()));
        }
    }

    /** No edits: the files are read again, which only a server does. */
    static List<Edit> reread(Configuration configuration) throws CommandFailure {
        if (!configuration.isServed()) {
            throw new CommandFailure(
                    ExitCode.NOT_FOUND,
                    "no dbsd that you may administer has this configuration in force",
                    "start it, or be its user or root; 'config check' looks at the files alone");
        }
        return List.of();
    }

    final Dbsctl dbsctl() {
        return (Dbsctl) spec.root().userObject();
    }

    /** The configuration as it is. */
    static ConfigTree tree(Configuration configuration) throws ConfigException, IOException {
        return ConfigTree.of(configuration.text());
    }

    private void tell(String sentence, Result result) {
        StringBuilder text = new StringBuilder(sentence);
        for (Change change : dryRun ? result.changes : List.<Change>of()) {
            text.append("\n  ").append(change);
        }
        dbsctl().printer().done(text.toString(), COLUMNS, result);
    }

    private static List<Map<String, @Nullable Object>> objects(List<Change> changes) {
        return changes.stream()
                .map(change -> {
                    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
                    fields.put("kind", word(change.kind()));
                    fields.put("subject", change.subject());
                    fields.put("text", change.text());
                    fields.put("level", word(change.effect().level()));
                    fields.put("sessions", change.effect().sessions());
                    return fields;
                })
                .toList();
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
