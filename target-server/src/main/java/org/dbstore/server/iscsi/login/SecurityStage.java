package org.dbstore.server.iscsi.login;

import org.dbstore.server.iscsi.auth.Challenges;
import org.dbstore.server.iscsi.auth.ChapExchange;
import org.dbstore.server.iscsi.auth.ChapUsers;
import org.dbstore.server.iscsi.login.TextPairs.Pair;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The security negotiation of one login (RFC 7143, section 12): the method, then CHAP if the target
 * wants it. Whatever is wrong in it ends the login with 0201h.
 */
final class SecurityStage {
    private static final String METHOD = "AuthMethod";
    private static final String CHAP = "CHAP";
    private static final String CHAP_PREFIX = "CHAP_";
    private static final String NONE = "None";

    private final boolean required;
    private final ChapExchange exchange;
    private boolean methodChosen;

    /**
     * Begins the negotiation.
     *
     * @param users who may log in; empty = no authentication
     */
    SecurityStage(Optional<ChapUsers> users, Challenges challenges) {
        required = users.isPresent();
        exchange = new ChapExchange(users.orElse(ChapUsers.NOBODY), challenges);
    }

    /** Tells whether a key belongs to this stage. */
    static boolean owns(String key) {
        return key.equals(METHOD) || key.startsWith(CHAP_PREFIX);
    }

    /** Tells whether the initiator may go on to the next stage. */
    boolean isPassed() {
        return !required || exchange.isDone();
    }

    /** Tells whether CHAP has begun and not ended. */
    boolean isUnderWay() {
        return required && methodChosen && !exchange.isDone();
    }

    /** CHAP user; empty = without authentication. */
    String userName() {
        return exchange.userName().orElse("");
    }

    /** Takes the keys of one request. */
    void take(List<Pair> pairs, List<String> answers) throws LoginFailure {
        Map<String, String> chapKeys = new LinkedHashMap<>();
        boolean methodOffered = false;
        for (Pair pair : pairs) {
            if (pair.key().equals(METHOD)) {
                if (methodChosen) {
                    throw failure("AuthMethod is offered a second time");
                }
                methodOffered = true;
                choose(pair.value(), answers);
            } else if (pair.key().startsWith(CHAP_PREFIX)
                    && chapKeys.put(pair.key(), pair.value()) != null) {
                throw failure("a key of CHAP twice");
            }
        }
        if (chapKeys.isEmpty()) {
            if (isUnderWay() && !methodOffered) {
                throw failure("CHAP is not gone on with");
            }
            return;
        }
        if (!required || !methodChosen) {
            throw failure("keys of CHAP, which was not agreed on");
        }
        try {
            exchange.take(chapKeys, answers);
        } catch (ChapExchange.Failure e) {
            throw failure(String.valueOf(e.getMessage()));
        }
    }

    private void choose(String offer, List<String> answers) throws LoginFailure {
        String wanted = required ? CHAP : NONE;
        if (!Arrays.asList(offer.split(",", -1)).contains(wanted)) {
            throw failure("the initiator does not offer AuthMethod " + wanted);
        }
        methodChosen = true;
        answers.add(METHOD + "=" + wanted);
    }

    private static LoginFailure failure(String message) {
        return new LoginFailure(LoginStatus.AUTHENTICATION_FAILURE, message);
    }
}
