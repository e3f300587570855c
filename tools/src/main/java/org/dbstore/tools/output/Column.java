package org.dbstore.tools.output;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * One fact of a row, for both kinds of output.
 *
 * @param <T> what a row is about
 * @param field name in JSON; never changes once released
 * @param title name in tables
 * @param kind how the value is shown
 * @param isDetail true if tables of many rows leave it out
 * @param value String, Long, Instant, Boolean, a list or a map of String as {@code kind} says; null
 *     if there is none
 */
public record Column<T>(
        String field,
        String title,
        Kind kind,
        boolean isDetail,
        Function<T, @Nullable Object> value) {
    /** How a value is shown. */
    public enum Kind {
        /** As it is. */
        TEXT,
        /** A number. */
        COUNT,
        /** Bytes: a number in JSON, with a unit in tables. */
        SIZE,
        /** ISO 8601, UTC in JSON, the local zone in tables. */
        TIME,
        /** True or false in JSON, yes or nothing in tables. */
        FLAG,
        /** Several texts, or objects with fields. */
        TEXTS,
        /** Keys and values. */
        LABELS
    }

    /** The same column, in all tables. */
    public Column<T> shown() {
        return isDetail ? new Column<>(field, title, kind, false, value) : this;
    }

    /** The same column, left out of tables of many rows. */
    public static <T> Column<T> detail(Column<T> column) {
        return new Column<>(column.field, column.title, column.kind, true, column.value);
    }

    /** A column of text. */
    public static <T> Column<T> text(
            String field, String title, Function<T, @Nullable String> value) {
        return new Column<>(field, title, Kind.TEXT, false, value::apply);
    }

    /** A column of numbers. */
    public static <T> Column<T> count(
            String field, String title, Function<T, @Nullable Long> value) {
        return new Column<>(field, title, Kind.COUNT, false, value::apply);
    }

    /** A column of bytes. */
    public static <T> Column<T> size(String field, String title, Function<T, Long> value) {
        return new Column<>(field, title, Kind.SIZE, false, value::apply);
    }

    /** A column of instants. */
    public static <T> Column<T> time(
            String field, String title, Function<T, @Nullable Instant> value) {
        return new Column<>(field, title, Kind.TIME, false, value::apply);
    }

    /** A column of truths. */
    public static <T> Column<T> flag(String field, String title, Function<T, Boolean> value) {
        return new Column<>(field, title, Kind.FLAG, false, value::apply);
    }

    /** A column of keys and values. */
    public static <T> Column<T> labels(
            String field, String title, Function<T, Map<String, String>> value) {
        return new Column<>(field, title, Kind.LABELS, false, value::apply);
    }

    /** A column of objects, each a map from names of fields to values; only for programs. */
    public static <T> Column<T> objects(
            String field, String title, Function<T, List<Map<String, @Nullable Object>>> value) {
        return new Column<>(field, title, Kind.TEXTS, true, value::apply);
    }

    /** A column of lists. */
    public static <T> Column<T> texts(String field, String title, Function<T, List<String>> value) {
        return new Column<>(field, title, Kind.TEXTS, false, value::apply);
    }
}
