package org.dbstore.config.peer;

import org.dbstore.config.ConfigException;
import org.dbstore.config.Place;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Reads lines of words with blocks, the form that several targets have in common: words are divided
 * by blanks, may stand in quotes, and '#' begins a comment unless a backslash is before it.
 */
final class ClauseReader {
    /** How a block is written. */
    enum Syntax {
        /** {@code key value { ... }}. */
        BRACES,
        /** {@code <key value> ... </key>}, each tag on a line of its own. */
        TAGS
    }

    private static final int DEPTH_MAX = 20;

    private final String file;
    private final Syntax syntax;

    private record Open(List<String> words, int line, List<Clause> block) {}

    private final Deque<Open> open = new ArrayDeque<>();
    private List<String> words = new ArrayList<>();
    private int wordsLine = 1;
    private int line = 1;

    ClauseReader(String file, Syntax syntax) {
        this.file = file;
        this.syntax = syntax;
    }

    List<Clause> read(String text) throws ConfigException {
        List<Clause> all = new ArrayList<>();
        open.push(new Open(List.of(), 0, all));
        int at = 0;
        while (at < text.length()) {
            at = take(text, at);
        }
        endLine();
        if (open.size() > 1) {
            throw refused(open.peek().line, "the block is not closed; close it");
        }
        return all;
    }

    /** Takes what begins at an index; returns the index behind it. */
    private int take(String text, int at) throws ConfigException {
        char c = text.charAt(at);
        if (c == '\n') {
            endLine();
            line++;
        } else if (c == '#') {
            int end = text.indexOf('\n', at);
            return end < 0 ? text.length() : end;
        } else if (c == '\\' && text.startsWith("\n", at + 1)) {
            line++;
            return at + 2;
        } else if (c == '"') {
            return quoted(text, at);
        } else if (syntax == Syntax.TAGS && c == '<' && words.isEmpty()) {
            return tag(text, at);
        } else if (syntax == Syntax.BRACES && c == '{') {
            if (words.isEmpty()) {
                throw refused(line, "a block without a key; write what it is before the '{'");
            }
            begin(words);
        } else if (syntax == Syntax.BRACES && c == '}') {
            endLine();
            end();
        } else if (syntax == Syntax.BRACES && c == ';') {
            endLine();
        } else if (!Character.isWhitespace(c)) {
            return word(text, at);
        }
        return at + 1;
    }

    private int word(String text, int at) {
        int end = at;
        while (end < text.length() && !isEnd(text.charAt(end))) {
            end++;
        }
        plainWord(text.substring(at, end).replace("\\#", "#"));
        return end;
    }

    /** Between tags a '=' may stand between key and value. */
    private void plainWord(String word) {
        int equals = syntax == Syntax.TAGS && words.size() < 2 ? word.indexOf('=') : -1;
        boolean separates = words.isEmpty() ? equals > 0 : equals == 0;
        if (!separates) {
            addWord(word);
            return;
        }
        for (String part : List.of(word.substring(0, equals), word.substring(equals + 1))) {
            if (!part.isEmpty()) {
                addWord(part);
            }
        }
    }

    private boolean isEnd(char c) {
        return Character.isWhitespace(c)
                || (syntax == Syntax.BRACES && (c == '{' || c == '}' || c == ';'));
    }

    private int quoted(String text, int at) throws ConfigException {
        StringBuilder word = new StringBuilder();
        for (int i = at + 1; i < text.length() && text.charAt(i) != '\n'; i++) {
            char c = text.charAt(i);
            if (c == '"') {
                addWord(word.toString());
                return i + 1;
            }
            if (c == '\\' && i + 1 < text.length() && "\"\\#".indexOf(text.charAt(i + 1)) >= 0) {
                i++;
                c = text.charAt(i);
            }
            word.append(c);
        }
        throw refused(line, "the quotes are not closed; close them");
    }

    private int tag(String text, int at) throws ConfigException {
        int end = text.indexOf('>', at);
        int lineEnd = text.indexOf('\n', at);
        if (end < 0 || (lineEnd >= 0 && lineEnd < end)) {
            throw refused(line, "the tag is not closed; add '>'");
        }
        String inside = text.substring(at + 1, end).strip();
        if (inside.startsWith("/")) {
            String name = inside.substring(1).strip();
            if (open.size() > 1 && !open.element().words.getFirst().equals(name)) {
                throw refused(
                        line,
                        "</"
                                + name
                                + "> closes <"
                                + open.element().words.getFirst()
                                + "> of line "
                                + open.element().line
                                + "; close that first");
            }
            end();
        } else if (inside.isEmpty()) {
            throw refused(line, "the tag is empty; name what it begins");
        } else {
            wordsLine = line;
            begin(List.of(inside.split("\\s+")));
        }
        return end + 1;
    }

    private void addWord(String word) {
        if (words.isEmpty()) {
            wordsLine = line;
        }
        words.add(word);
    }

    private void begin(List<String> key) throws ConfigException {
        if (open.size() > DEPTH_MAX) {
            throw refused(line, "nested too deeply; this is no file of that format");
        }
        open.push(new Open(List.copyOf(key), wordsLine, new ArrayList<>()));
        words = new ArrayList<>();
    }

    private void end() throws ConfigException {
        if (open.size() == 1) {
            throw refused(line, "closes a block that was not begun; remove it");
        }
        Open done = open.pop();
        open.element().block.add(new Clause(done.words, done.block, new Place(file, done.line)));
    }

    private void endLine() {
        if (!words.isEmpty()) {
            open.element()
                    .block
                    .add(new Clause(List.copyOf(words), List.of(), new Place(file, wordsLine)));
            words = new ArrayList<>();
        }
    }

    private ConfigException refused(int at, String what) {
        return ConfigImport.refused(new Place(file, at), what);
    }
}
