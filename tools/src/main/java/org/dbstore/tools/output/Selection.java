package org.dbstore.tools.output;

import org.dbstore.config.Spelling;
import org.dbstore.tools.CommandFailure;
import org.dbstore.tools.ExitCode;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Which columns are shown and in which order the rows come, as the operator wishes. A column is
 * named by its field or, where that says a unit, without it; letters' case and '-' do not matter.
 *
 * @param columns names in the order to be shown; empty = as they are
 * @param sort name of the column to sort by, behind '-' for the largest first; empty = as they are
 */
public record Selection(List<String> columns, String sort) {
    /** Stands for all columns, also those that tables leave out. */
    private static final String ALL = "all";

    /** Everything as it is. */
    public static final Selection NONE = new Selection(List.of(), "");

    /** Tells whether there is any wish. */
    public boolean isNone() {
        return columns.isEmpty() && sort.isEmpty();
    }

    /**
     * Chooses columns.
     *
     * @param <T> what a row is about
     * @param all what can be shown
     * @throws CommandFailure if a name is of none of them
     */
    public <T> List<Column<T>> columnsOf(List<Column<T>> all) throws CommandFailure {
        if (columns.isEmpty()) {
            return all;
        }
        List<Column<T>> chosen = new ArrayList<>();
        for (String name : columns) {
            if (name.equals(ALL)) {
                all.forEach(column -> chosen.add(column.shown()));
            } else {
                chosen.add(find(all, name).shown());
            }
        }
        return chosen;
    }

    /**
     * Sorts rows; equal ones stay in their order, and rows without a value come last.
     *
     * @param <T> what a row is about
     * @param all columns, also those that are not shown
     * @param rows in any order
     * @throws CommandFailure if the name is of no column
     */
    public <T> List<T> sorted(List<Column<T>> all, List<T> rows) throws CommandFailure {
        if (sort.isEmpty()) {
            return rows;
        }
        boolean descending = sort.startsWith("-");
        Column<T> column = find(all, descending ? sort.substring(1) : sort);
        Comparator<Object> order = descending ? VALUES.reversed() : VALUES;
        List<T> sorted = new ArrayList<>(rows);
        sorted.sort(
                Comparator.comparing(
                        row -> Optional.ofNullable(column.value().apply(row)),
                        (a, b) ->
                                a.isPresent() && b.isPresent()
                                        ? order.compare(a.get(), b.get())
                                        : Boolean.compare(a.isEmpty(), b.isEmpty())));
        return sorted;
    }

    /** Values of one column are of one type; those that have no order are sorted as texts. */
    @SuppressWarnings("unchecked")
    private static final Comparator<Object> VALUES =
            (a, b) ->
                    a instanceof Comparable<?> && a.getClass() == b.getClass()
                            ? ((Comparable<Object>) a).compareTo(b)
                            : a.toString().compareTo(b.toString());

    private static <T> Column<T> find(List<Column<T>> all, String name) throws CommandFailure {
        @Nullable Column<T> byTitle = null;
        for (Column<T> column : all) {
            if (plain(column.field()).equals(plain(name))
                    || shortName(column).equals(plain(name))) {
                return column;
            }
            byTitle = plain(column.title()).equals(plain(name)) ? column : byTitle;
        }
        if (byTitle != null) {
            return byTitle;
        }
        List<String> fields = all.stream().map(Column::field).toList();
        throw new CommandFailure(
                ExitCode.USAGE,
                "there is no column '%s'".formatted(name)
                        + Spelling.nearest(name, fields)
                                .map(", did you mean '%s'?"::formatted)
                                .orElse(""),
                "the columns are " + String.join(", ", fields));
    }

    private static String shortName(Column<?> column) {
        String field = plain(column.field());
        for (String unit : List.of("bytes", "count", "at")) {
            if (field.length() > unit.length() && field.endsWith(unit)) {
                return field.substring(0, field.length() - unit.length());
            }
        }
        return field;
    }

    private static String plain(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[-_ ]", "");
    }
}
