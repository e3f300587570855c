package org.dbstore.config.peer;

import org.dbstore.config.Place;

/**
 * A user of CHAP; it does not show its secrets.
 *
 * @param mutualName empty = the target does not prove itself
 */
record PeerUser(String name, String secret, String mutualName, String mutualSecret, Place place) {
    PeerUser(String name, String secret, Place place) {
        this(name, secret, "", "", place);
    }

    PeerUser withMutual(String user, String password) {
        return new PeerUser(name, secret, user, password, place);
    }

    @Override
    public String toString() {
        return "PeerUser[" + name + "]";
    }
}
