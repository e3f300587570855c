package org.dbstore.tools.output;

import org.dbstore.tools.CommandFailure;

import java.util.List;

/** Shows results. */
public interface Printer {
    /**
     * Shows a list.
     *
     * @param <T> what a row is about
     * @param columns what is shown of each row
     * @param rows any number
     * @throws CommandFailure if a column is wished for that there is not
     */
    <T> void rows(List<Column<T>> columns, List<T> rows) throws CommandFailure;

    /**
     * Shows one thing in full.
     *
     * @param <T> what it is
     * @param columns what is shown of it
     * @param row the thing
     * @throws CommandFailure if a column is wished for that there is not
     */
    <T> void details(List<Column<T>> columns, T row) throws CommandFailure;

    /**
     * Tells what was done.
     *
     * @param <T> what the columns are about
     * @param sentence for people
     * @param columns for programs
     * @param row the thing
     */
    <T> void done(String sentence, List<Column<T>> columns, T row);

    /**
     * Tells what was done with several things.
     *
     * @param <T> what the columns are about
     * @param sentence for people
     * @param columns for programs
     * @param rows the things
     */
    <T> void doneAll(String sentence, List<Column<T>> columns, List<T> rows);
}
