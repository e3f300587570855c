package org.dbstore.tools.output;

import org.dbstore.tools.CommandFailure;

import java.util.List;

/**
 * Shows lists and single things with the columns and in the order that were wished for. What a
 * command did is shown as always.
 *
 * @param printer shows what is chosen
 * @param selection the wishes
 */
public record SelectingPrinter(Printer printer, Selection selection) implements Printer {
    @Override
    public <T> void rows(List<Column<T>> columns, List<T> rows) throws CommandFailure {
        printer.rows(selection.columnsOf(columns), selection.sorted(columns, rows));
    }

    @Override
    public <T> void details(List<Column<T>> columns, T row) throws CommandFailure {
        printer.details(selection.columnsOf(columns), row);
    }

    @Override
    public <T> void done(String sentence, List<Column<T>> columns, T row) {
        printer.done(sentence, columns, row);
    }

    @Override
    public <T> void doneAll(String sentence, List<Column<T>> columns, List<T> rows) {
        printer.doneAll(sentence, columns, rows);
    }
}
