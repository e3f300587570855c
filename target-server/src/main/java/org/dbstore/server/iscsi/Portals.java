package org.dbstore.server.iscsi;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The addresses that are listened on. They are changed by one thread at a time; any may look at
 * them.
 */
final class Portals {
    private static final Logger LOG = LogManager.getLogger(Portals.class);

    private final IscsiServer server;
    private volatile List<Portal> portals = List.of();

    Portals(IscsiServer server) {
        this.server = server;
    }

    /** Those that are listened on, in the order of the configuration. */
    List<Portal> all() {
        return portals;
    }

    void close() {
        portals.forEach(Portal::close);
    }

    /**
     * Binds what is not bound yet; nothing is accepted there before {@link Move#commit}.
     *
     * @param wanted addresses with their portal group tags
     * @throws IOException if one of them cannot be bound; the message names it. Then all is as
     *     before
     */
    Move prepare(List<Map.Entry<InetSocketAddress, Integer>> wanted) throws IOException {
        Move move = new Move();
        boolean complete = false;
        try {
            for (Map.Entry<InetSocketAddress, Integer> each : wanted) {
                find(each.getKey(), each.getValue(), move)
                        .ifPresent(present -> move.kept.add(present));
            }
            for (Map.Entry<InetSocketAddress, Integer> each : wanted) {
                move.take(each.getKey(), each.getValue());
            }
            complete = true;
        } finally {
            if (!complete) {
                move.undo();
            }
        }
        return move;
    }

    private Optional<Portal> find(InetSocketAddress address, int tag, Move move) {
        List<Portal> same =
                portals.stream()
                        .filter(portal -> portal.wanted().equals(address))
                        .filter(portal -> !move.kept.contains(portal))
                        .toList();
        return same.stream()
                .filter(portal -> portal.groupTag() == tag)
                .findFirst()
                .or(() -> same.stream().findFirst());
    }

    /** A change of the portals that has been prepared. */
    final class Move implements IscsiServer.PortalMove {
        private final List<Portal> before = portals;
        private final List<Portal> kept = new ArrayList<>();
        private final List<Portal> bound = new ArrayList<>();
        private final List<Portal> displaced = new ArrayList<>();
        private final List<Portal> after = new ArrayList<>();
        private final List<Integer> tags = new ArrayList<>();

        private void take(InetSocketAddress address, int tag) throws IOException {
            Optional<Portal> present =
                    kept.stream()
                            .filter(portal -> portal.wanted().equals(address))
                            .filter(portal -> !after.contains(portal))
                            .min((a, b) ->
                                    Boolean.compare(a.groupTag() != tag, b.groupTag() != tag));
            Portal portal = present.isPresent() ? present.get() : bind(address, tag);
            after.add(portal);
            tags.add(tag);
        }

        /** What goes may be in the way of what comes: the wildcard address of a single one. */
        private Portal bind(InetSocketAddress address, int tag) throws IOException {
            for (Portal portal : before) {
                if (!kept.contains(portal)
                        && !displaced.contains(portal)
                        && portal.excludes(address)) {
                    portal.close();
                    displaced.add(portal);
                }
            }
            Portal portal = Portal.bind(server, address, tag);
            bound.add(portal);
            return portal;
        }

        @Override
        public void commit() {
            for (int i = 0; i < after.size(); i++) {
                after.get(i).regroup(tags.get(i));
            }
            portals = List.copyOf(after);
            bound.forEach(Portal::start);
            bound.forEach(portal -> LOG.info("listening on {}", portal.address()));
            before.stream().filter(portal -> !after.contains(portal)).forEach(Portal::close);
        }

        @Override
        public void undo() {
            bound.forEach(Portal::close);
            if (displaced.isEmpty()) {
                return;
            }
            List<Portal> restored = new ArrayList<>(before);
            for (Portal portal : displaced) {
                try {
                    Portal again = Portal.bind(server, portal.address(), portal.groupTag());
                    restored.set(restored.indexOf(portal), again);
                    again.start();
                } catch (IOException e) {
                    LOG.error("a portal that had to make room is lost: {}", e.getMessage());
                    restored.remove(portal);
                }
            }
            portals = List.copyOf(restored);
        }
    }
}
