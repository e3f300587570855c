package org.dbstore.server.admin.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.dbstore.server.admin.api.ApiError;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;

import java.net.InetAddress;
import java.security.MessageDigest;

/**
 * Lets in who has the token, and by a name that is really this server's: a page in a browser may
 * have made its own name lead here (DNS rebinding).
 *
 * @param token that clients show
 * @param secure true with TLS, whose certificate settles the names
 */
record Gate(String token, boolean secure) {
    private static final String SCHEME = "Bearer ";

    void checkHost(Request request) throws Refusal {
        String host = Request.getServerName(request);
        if (!secure && !host.equals("localhost") && !isLiteral(host)) {
            throw new Refusal(
                    421,
                    ApiError.WRONG_HOST,
                    "'" + host + "' is no name of this server",
                    "use the address itself, or localhost");
        }
    }

    /** Compares in a time that tells nothing of the token. */
    void checkToken(Request request) throws Refusal {
        String given = request.getHeaders().get(HttpHeader.AUTHORIZATION);
        if (given == null
                || !given.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
                || !MessageDigest.isEqual(
                        given.substring(SCHEME.length()).getBytes(UTF_8), token.getBytes(UTF_8))) {
            throw new Refusal(
                    401,
                    ApiError.UNAUTHORIZED,
                    "the token is missing or wrong",
                    "send 'Authorization: Bearer TOKEN' with the token of the server's file");
        }
    }

    private static boolean isLiteral(String host) {
        try {
            return InetAddress.ofLiteral(host) != null;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
