package org.dbstore.server.admin.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.dbstore.server.admin.api.ApiError;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * All that can be asked of the server.
 *
 * @param all in the order of the description; the first that fits is taken
 */
public record Routes(List<Route> all) {
    /** A route with the values of the parameters in the path. */
    record Found(Route route, Map<String, String> path) {}

    /** Copies the list. */
    public Routes {
        all = List.copyOf(all);
    }

    Found find(String method, String encodedPath) throws Refusal {
        List<String> segments = segments(encodedPath);
        boolean known = false;
        for (Route route : all) {
            Map<String, String> values = route.match(segments);
            if (values != null) {
                if (route.method().equals(method)) {
                    return new Found(route, values);
                }
                known = true;
            }
        }
        throw new Refusal(
                known ? 405 : 404,
                ApiError.NO_SUCH_RESOURCE,
                known ? encodedPath + " knows no " + method : "there is nothing at " + encodedPath,
                "GET /openapi.json describes all there is");
    }

    /** Splits a path before it is decoded: names may hold encoded slashes. */
    private static List<String> segments(String encodedPath) throws Refusal {
        List<String> segments = new ArrayList<>();
        for (String segment : encodedPath.substring(1).split("/", -1)) {
            segments.add(decode(segment));
        }
        return segments;
    }

    static String decode(String encoded) throws Refusal {
        ByteBuffer bytes = ByteBuffer.allocate(encoded.length() * 3);
        for (int i = 0; i < encoded.length(); i++) {
            char character = encoded.charAt(i);
            if (character != '%') {
                bytes.put(String.valueOf(character).getBytes(UTF_8));
            } else if (i + 2 < encoded.length() && isHex(encoded.substring(i + 1, i + 3))) {
                bytes.put((byte) Integer.parseInt(encoded.substring(i + 1, i + 3), 16));
                i += 2;
            } else {
                throw Refusal.badRequest("'" + encoded + "' is not percent-encoded well");
            }
        }
        try {
            return UTF_8.newDecoder().decode(bytes.flip()).toString();
        } catch (CharacterCodingException e) {
            throw Refusal.badRequest("'" + encoded + "' is not UTF-8");
        }
    }

    private static boolean isHex(String digits) {
        return digits.chars().allMatch(digit -> Character.digit(digit, 16) >= 0);
    }
}
