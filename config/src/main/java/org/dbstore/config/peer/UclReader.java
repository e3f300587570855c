package org.dbstore.config.peer;

import org.dbstore.config.ConfigException;
import org.dbstore.config.Place;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads UCL, the form of {@code ctld -u}: JSON in which keys and plain values need no quotes,
 * separators may be missing, and a repeated key makes an array. Macros are keys like others;
 * here-documents are refused.
 */
final class UclReader {
    private static final int DEPTH_MAX = 20;

    private final String file;
    private final String text;
    private int at;
    private int line = 1;

    private UclReader(String text, String file) {
        this.text = text;
        this.file = file;
    }

    static Json read(String text, String file) throws ConfigException {
        UclReader reader = new UclReader(text, file);
        reader.skip();
        boolean braces = reader.takeIf('{');
        Json root = reader.object(braces, 1, new Place(file, 1));
        reader.skip();
        if (!reader.atEnd()) {
            throw reader.refused("'" + reader.peek() + "' closes nothing; remove it");
        }
        return root;
    }

    private Json object(boolean braces, int depth, Place place) throws ConfigException {
        if (depth > DEPTH_MAX) {
            throw refused("nested too deeply; this is no file of that format");
        }
        Map<String, Json> fields = new LinkedHashMap<>();
        separators();
        while (!atEnd() && peek() != '}') {
            Place of = place();
            String key = word(":=");
            if (key.isEmpty()) {
                throw refused("'" + peek() + "' stands where a key should; write a key");
            }
            skip();
            boolean separated = takeIf('=') || takeIf(':');
            skip();
            fields.merge(key, value(separated, depth, of), UclReader::both);
            separators();
        }
        if (braces && !takeIf('}')) {
            throw ConfigImport.refused(place, "the block is not closed; close it");
        }
        return new Json("", fields, List.of(), place);
    }

    /** A value; what a block follows is a further key, if no separator stands before it. */
    private Json value(boolean separated, int depth, Place place) throws ConfigException {
        if (takeIf('{')) {
            return object(true, depth + 1, place);
        }
        if (takeIf('[')) {
            return array(depth, place);
        }
        if (text.startsWith("<<", at)) {
            throw refused("here-documents are not read; write the text in quotes");
        }
        boolean quoted = peek() == '"';
        String first = word("");
        if (!separated && blockFollows()) {
            return new Json("", Map.of(first, value(false, depth + 1, place)), List.of(), place);
        }
        String value = quoted ? first : first + restOfLine();
        return new Json(value, Map.of(), List.of(), place);
    }

    /** Tells whether a block comes next, perhaps behind more keys; goes to where it begins. */
    private boolean blockFollows() {
        int mark = at;
        int markLine = line;
        skip();
        if (peek() == '{') {
            return true;
        }
        at = mark;
        line = markLine;
        return false;
    }

    private Json array(int depth, Place place) throws ConfigException {
        List<Json> items = new ArrayList<>();
        separators();
        while (!takeIf(']')) {
            if (atEnd() || peek() == '}' || depth == DEPTH_MAX) {
                throw ConfigImport.refused(place, "the array is not closed; close it");
            }
            items.add(value(true, depth + 1, place()));
            separators();
        }
        return new Json("", Map.of(), items, place);
    }

    /** A text in quotes, or up to a blank, a separator or one of {@code ends}. */
    private String word(String ends) throws ConfigException {
        if (takeIf('"')) {
            return quoted();
        }
        int begin = at;
        while (!atEnd()
                && !Character.isWhitespace(peek())
                && ("{}[],;\"" + ends).indexOf(peek()) < 0) {
            at++;
        }
        return text.substring(begin, at);
    }

    /** The rest of a value without quotes, in which there may be blanks. */
    private String restOfLine() {
        int begin = at;
        while (!atEnd()
                && "\n,;]}".indexOf(peek()) < 0
                && !(peek() == '#' && Character.isWhitespace(text.charAt(at - 1)))) {
            at++;
        }
        return text.substring(begin, at).stripTrailing();
    }

    private String quoted() throws ConfigException {
        StringBuilder word = new StringBuilder();
        while (!atEnd() && peek() != '\n') {
            if (takeIf('"')) {
                return word.toString();
            }
            if (peek() == '\\' && at + 1 < text.length() && text.charAt(at + 1) != '\n') {
                at++;
            }
            word.append(peek());
            at++;
        }
        throw refused("the quotes are not closed; close them");
    }

    private void separators() throws ConfigException {
        skip();
        while (takeIf(',') || takeIf(';')) {
            skip();
        }
    }

    /** Skips blanks, ends of lines and comments. */
    private void skip() {
        while (!atEnd()) {
            if (peek() == '#') {
                at = endOf("\n", 0);
            } else if (text.startsWith("/*", at)) {
                int end = endOf("*/", 2);
                line += (int) text.substring(at, end).chars().filter(c -> c == '\n').count();
                at = end;
            } else if (Character.isWhitespace(peek())) {
                line += peek() == '\n' ? 1 : 0;
                at++;
            } else {
                return;
            }
        }
    }

    private int endOf(String mark, int behind) {
        int end = text.indexOf(mark, at);
        return end < 0 ? text.length() : end + behind;
    }

    private boolean atEnd() {
        return at >= text.length();
    }

    /** What comes next; 0 at the end. */
    private char peek() {
        return atEnd() ? 0 : text.charAt(at);
    }

    private boolean takeIf(char c) {
        boolean there = !atEnd() && peek() == c;
        at += there ? 1 : 0;
        return there;
    }

    private Place place() {
        return new Place(file, line);
    }

    private ConfigException refused(String what) {
        return ConfigImport.refused(place(), what);
    }

    private static Json both(Json first, Json second) {
        List<Json> all = new ArrayList<>(first.orItems());
        all.addAll(second.orItems());
        return new Json("", Map.of(), all, first.place());
    }
}
