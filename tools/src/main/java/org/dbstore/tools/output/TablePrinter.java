package org.dbstore.tools.output;

import org.dbstore.config.ByteSize;
import org.jspecify.annotations.Nullable;

import java.io.PrintWriter;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** For people: aligned columns under a header, or tab-separated values for scripts. */
public final class TablePrinter implements Printer {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneId.systemDefault());
    private static final String GAP = "  ";

    private final PrintWriter out;
    private final boolean header;
    private final boolean exactBytes;

    /**
     * Creates a printer.
     *
     * @param out where it prints
     * @param header false for values alone, separated by tabs
     * @param exactBytes true to show sizes as numbers of bytes
     */
    public TablePrinter(PrintWriter out, boolean header, boolean exactBytes) {
        this.out = out;
        this.header = header;
        this.exactBytes = exactBytes;
    }

    @Override
    public <T> void rows(List<Column<T>> all, List<T> rows) {
        List<Column<T>> columns = all.stream().filter(column -> !column.isDetail()).toList();
        List<List<String>> lines = new ArrayList<>();
        if (header) {
            lines.add(columns.stream().map(Column::title).toList());
        }
        for (T row : rows) {
            lines.add(
                    columns.stream().map(column -> cell(column, row).replace("\n", "; ")).toList());
        }
        List<Integer> widths = header ? widths(columns.size(), lines) : List.of();
        for (List<String> line : lines) {
            out.println(header ? aligned(columns, line, widths) : String.join("\t", line));
        }
    }

    @Override
    public <T> void details(List<Column<T>> columns, T row) {
        int width = columns.stream().mapToInt(column -> column.title().length()).max().orElse(0);
        for (Column<T> column : columns) {
            String title = header ? pad(column.title(), width, false) + GAP : "";
            // A text of several lines starts each below the first.
            String indent = System.lineSeparator() + " ".repeat(title.length());
            out.println((title + cell(column, row).replace("\n", indent)).stripTrailing());
        }
    }

    @Override
    public <T> void done(String sentence, List<Column<T>> columns, T row) {
        out.println(sentence);
    }

    @Override
    public <T> void doneAll(String sentence, List<Column<T>> columns, List<T> rows) {
        out.println(sentence);
    }

    private <T> String cell(Column<T> column, T row) {
        return show(column.kind(), column.value().apply(row));
    }

    private String show(Column.Kind kind, @Nullable Object value) {
        if (value == null) {
            return "-";
        }
        return switch (kind) {
            // What is on the device may be anything; it must not command the terminal.
            case TEXT -> printable(value.toString());
            case COUNT -> value.toString();
            case SIZE -> exactBytes ? value.toString() : ByteSize.format((Long) value);
            case TIME -> time((Instant) value);
            case FLAG -> (Boolean) value ? "yes" : "-";
            case TEXTS -> texts((List<?>) value);
            case LABELS ->
                    texts(
                            ((Map<?, ?>) value)
                                    .entrySet().stream()
                                            .map(label -> label.getKey() + "=" + label.getValue())
                                            .toList());
        };
    }

    /** A time as tables show it. */
    public static String time(Instant time) {
        return TIME.format(time);
    }

    private static String texts(List<?> texts) {
        return texts.isEmpty()
                ? "none"
                : texts.stream()
                        .map(text -> printable(String.valueOf(text)))
                        .collect(Collectors.joining("\n"));
    }

    private static String printable(String text) {
        return text.codePoints()
                .map(c -> Character.isISOControl(c) ? '?' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static List<Integer> widths(int columnCount, List<List<String>> lines) {
        return IntStream.range(0, columnCount)
                .mapToObj(
                        i -> lines.stream().mapToInt(line -> line.get(i).length()).max().orElse(0))
                .toList();
    }

    private static <T> String aligned(
            List<Column<T>> columns, List<String> line, List<Integer> widths) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < line.size(); i++) {
            boolean right =
                    switch (columns.get(i).kind()) {
                        case COUNT, SIZE -> true;
                        case TEXT, TIME, FLAG, TEXTS, LABELS -> false;
                    };
            text.append(i == 0 ? "" : GAP).append(pad(line.get(i), widths.get(i), right));
        }
        return text.toString().stripTrailing();
    }

    private static String pad(String text, int width, boolean right) {
        String blanks = " ".repeat(width - text.length());
        return right ? blanks + text : text + blanks;
    }
}
