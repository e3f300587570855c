package org.dbstore.config.peer;

import org.dbstore.config.ConfigException;
import org.dbstore.config.Place;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Turns {@code ctl.conf} in UCL (of {@code ctld -u}) into the clauses of its own form: what differs
 * are names, which are keys there, and the parts of users, options, LUNs and portal groups.
 */
final class CtlUcl {
    /** What only UCL has: a key with '=' behind it, or a block of a kind without a name. */
    private static final Pattern MARK =
            Pattern.compile(
                    "(?m)^\\s*(?:\\{\\s*)?(?:(?:[\\w.-]+|\"[^\"\n]+\")\\s*=|\"[^\"\n]+\"\\s*:"
                            + "|(?:auth-group|portal-group|transport-group|lun|target|controller)"
                            + "\\s*\\{)");

    private static final Pattern SIZE = Pattern.compile("([0-9]{1,18})([kmgt]?)(b?)");
    private static final Set<String> NAMED =
            Set.of("auth-group", "portal-group", "transport-group", "lun", "target", "controller");

    private CtlUcl() {}

    /** Tells whether a file is in UCL. */
    static boolean isUcl(String text) {
        return MARK.matcher(text).find();
    }

    static List<Clause> clauses(Json root) throws ConfigException {
        List<Clause> clauses = new ArrayList<>();
        for (Map.Entry<String, Json> field : root.fields().entrySet()) {
            for (Json value : field.getValue().orItems()) {
                if (NAMED.contains(field.getKey())) {
                    named(field.getKey(), value, clauses);
                } else {
                    clauses.add(clause(value.place(), field.getKey(), value.text()));
                }
            }
        }
        return clauses;
    }

    private static void named(String key, Json values, List<Clause> clauses)
            throws ConfigException {
        for (Map.Entry<String, Json> value : values.fields().entrySet()) {
            for (Json body : value.getValue().orItems()) {
                clauses.add(
                        new Clause(List.of(key, value.getKey()), block(key, body), body.place()));
            }
        }
    }

    private static List<Clause> block(String of, Json body) throws ConfigException {
        List<Clause> clauses = new ArrayList<>();
        for (Map.Entry<String, Json> field : body.fields().entrySet()) {
            for (Json value : field.getValue().orItems()) {
                clauses(of, field.getKey(), value, clauses);
            }
        }
        return clauses;
    }

    private static void clauses(String of, String key, Json value, List<Clause> clauses)
            throws ConfigException {
        Place place = value.place();
        switch (key) {
            case "chap" ->
                    clauses.add(clause(place, key, value.need("user"), value.need("secret")));
            case "chap-mutual" ->
                    clauses.add(
                            clause(
                                    place,
                                    key,
                                    value.need("user"),
                                    value.need("secret"),
                                    value.need("mutual-user"),
                                    value.need("mutual-secret")));
            case "options" ->
                    value.fields()
                            .forEach((name, option) ->
                                    clauses.add(
                                            clause(option.place(), "option", name, option.text())));
            case "lun", "namespace" -> {
                if (of.equals("target") || of.equals("controller")) {
                    luns(key, value, clauses);
                }
            }
            case "portal-group", "transport-group" -> clauses.add(use(key, value));
            case "size" -> clauses.add(clause(place, key, size(value)));
            default -> clauses.add(clause(place, key, value.text()));
        }
    }

    /** LUNs by number, or one with its number beside its name. */
    private static void luns(String key, Json value, List<Clause> clauses) throws ConfigException {
        if (!value.get("number").text().isEmpty()) {
            clauses.add(clause(value.place(), key, value.need("number"), value.need("name")));
            return;
        }
        for (Map.Entry<String, Json> lun : value.fields().entrySet()) {
            for (Json body : lun.getValue().orItems()) {
                clauses.add(
                        body.text().isEmpty()
                                ? new Clause(
                                        List.of(key, lun.getKey()),
                                        block("lun", body),
                                        body.place())
                                : clause(body.place(), key, lun.getKey(), body.text()));
            }
        }
    }

    private static Clause use(String key, Json value) throws ConfigException {
        if (!value.text().isEmpty()) {
            return clause(value.place(), key, value.text());
        }
        String terms = value.get("auth-group-name").text();
        return terms.isEmpty()
                ? clause(value.place(), key, value.need("name"))
                : clause(value.place(), key, value.need("name"), terms);
    }

    /** The bytes: in UCL 1k is 1000, 1kb is 1024. */
    private static String size(Json value) throws ConfigException {
        Matcher form = SIZE.matcher(value.text().toLowerCase(Locale.ROOT));
        if (!form.matches()) {
            throw ConfigImport.refused(
                    value.place(), "'" + value.text() + "' is not a size; write for example 10GB");
        }
        BigInteger factor = BigInteger.valueOf(form.group(3).isEmpty() ? 1000 : 1024);
        int power = form.group(2).isEmpty() ? 0 : "kmgt".indexOf(form.group(2)) + 1;
        return new BigInteger(form.group(1)).multiply(factor.pow(power)).toString();
    }

    private static Clause clause(Place place, String... words) {
        return new Clause(List.of(words), List.of(), place);
    }
}
