package org.dbstore.backend.space;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** Goal: for any trees of layers the shares are those that looking at each layer would give. */
class SpaceSurveyTest {
    private static final int POSITIONS = 6;

    private static final class Model {
        private static final class Node {
            int id;
            int parent;
            int owner;
            boolean live;
            boolean head;
            final Map<Integer, Integer> entries = new TreeMap<>(); // position to mapped blocks

            Node copy() {
                Node copy = new Node();
                copy.id = id;
                copy.parent = parent;
                copy.owner = owner;
                copy.live = live;
                copy.head = head;
                copy.entries.putAll(entries);
                return copy;
            }
        }

        final Map<Integer, Node> nodes = new TreeMap<>();

        Model(SplittableRandom random) {
            int count = random.nextInt(1, 14);
            List<Integer> ids = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                Node node = new Node();
                do {
                    node.id = random.nextInt(1, 65536);
                } while (nodes.containsKey(node.id));
                node.parent = ids.isEmpty() || random.nextInt(6) == 0 ? 0 : pick(random, ids);
                node.owner = random.nextInt(4);
                for (int position = 0; position < POSITIONS; position++) {
                    if (random.nextInt(3) == 0) {
                        node.entries.put(
                                position, random.nextInt(3) == 0 ? 0 : random.nextInt(257));
                    }
                }
                nodes.put(node.id, node);
                ids.add(node.id);
            }
            for (Node node : nodes.values()) {
                int children = children(node.id).size();
                node.head = children == 0;
                node.live = children < 2 || random.nextBoolean(); // what is hidden has branches
            }
        }

        private Model() {}

        Node node(int id) {
            return Objects.requireNonNull(nodes.get(id));
        }

        static int pick(SplittableRandom random, List<Integer> ids) {
            return ids.get(random.nextInt(ids.size()));
        }

        List<Node> children(int id) {
            return nodes.values().stream().filter(node -> node.parent == id).toList();
        }

        /** The layer whose entry a layer shows; 0 = none. */
        int shownFrom(int id, int position) {
            int at = id;
            while (at != 0 && !node(at).entries.containsKey(position)) {
                at = node(at).parent;
            }
            return at;
        }

        Set<Integer> shownBy(int owner, int position) {
            Set<Integer> result = new HashSet<>();
            for (Node node : nodes.values()) {
                if (node.live && shownFrom(node.id, position) == owner) {
                    result.add(node.id);
                }
            }
            return result;
        }

        int used() {
            return nodes.values().stream().mapToInt(node -> node.entries.size()).sum();
        }

        /** Deletes layers as the engine does, one step after the other. */
        Model without(BitSet deleted) {
            Model after = new Model();
            nodes.forEach((id, node) -> after.nodes.put(id, node.copy()));
            deleted.stream().forEach(id -> after.node(id).live = false);
            while (after.step()) {
                // Until nothing is left to do.
            }
            return after;
        }

        private boolean step() {
            for (Node node : nodes.values()) {
                List<Node> children = children(node.id);
                if (!node.live && children.isEmpty()) {
                    nodes.remove(node.id);
                    return true;
                }
            }
            for (Node node : nodes.values()) {
                List<Node> children = children(node.id);
                if (isMergeable(node) && !isMergeable(children.getFirst())) {
                    merge(node, children.getFirst());
                    return true;
                }
            }
            return false;
        }

        private boolean isMergeable(Node node) {
            return !node.live && children(node.id).size() == 1;
        }

        private void merge(Node node, Node child) {
            for (Map.Entry<Integer, Integer> entry : node.entries.entrySet()) {
                Integer hiding = child.entries.putIfAbsent(entry.getKey(), entry.getValue());
                boolean idle = node.parent == 0 || shownFrom(node.parent, entry.getKey()) == 0;
                if (hiding != null && hiding == 0 && child.head && child.live && idle) {
                    child.entries.remove(entry.getKey());
                }
            }
            child.parent = node.parent;
            nodes.remove(node.id);
        }

        SpaceSurvey survey() {
            LayerForest forest = new LayerForest();
            for (Node node : nodes.values()) {
                forest.add(node.id, node.parent, node.owner, node.live, node.head);
            }
            SpaceSurvey survey = new SpaceSurvey(forest);
            for (Node node : nodes.values()) {
                node.entries.forEach((position, blocks) -> survey.add(node.id, position, blocks));
            }
            return survey;
        }
    }

    @RepeatedTest(2000)
    void theSharesAreThoseOfEachLayer(RepetitionInfo repetition) {
        Model model = new Model(new SplittableRandom(repetition.getCurrentRepetition()));
        SpaceReport report = model.survey().report();
        Map<Integer, Long> exclusive = new HashMap<>();
        long shared = 0;
        long unreferenced = 0;
        for (Model.Node node : model.nodes.values()) {
            for (int position : node.entries.keySet()) {
                Set<Integer> owners = new HashSet<>();
                model.shownBy(node.id, position).forEach(id -> owners.add(model.node(id).owner));
                switch (owners.size()) {
                    case 0 -> unreferenced++;
                    case 1 -> exclusive.merge(owners.iterator().next(), 1L, Long::sum);
                    default -> shared++;
                }
            }
        }
        assertEquals(shared, report.shared());
        assertEquals(unreferenced, report.unreferenced());
        assertEquals(model.used(), report.used());
        long sum = report.shared() + report.unreferenced() + report.lost();
        for (int owner = 0; owner <= SpaceSurvey.NO_VOLUME; owner++) {
            assertEquals(
                    exclusive.getOrDefault(owner, 0L), report.exclusiveByVolume()[owner], "volume");
            sum += report.exclusiveByVolume()[owner];
        }
        assertEquals(report.used(), sum, "it adds up");
        model.nodes.values().forEach(node -> checkLayer(model, node, report));
    }

    private static void checkLayer(Model model, Model.Node node, SpaceReport report) {
        long shown = 0;
        long mapped = 0;
        long shared = 0;
        for (int position = 0; position < POSITIONS; position++) {
            int from = model.shownFrom(node.id, position);
            if (from != 0) {
                shown++;
                mapped += Objects.requireNonNull(model.node(from).entries.get(position));
                shared +=
                        model.shownBy(from, position).stream()
                                                .map(id -> model.node(id).owner)
                                                .distinct()
                                                .count()
                                        > 1
                                ? 1
                                : 0;
            }
        }
        assertEquals(shown, report.shownByLayer()[node.id]);
        assertEquals(mapped, report.mappedBlocks()[node.id]);
        assertEquals(shared, report.sharedByLayer()[node.id]);
    }

    @RepeatedTest(2000)
    void aDeletionFreesWhatIsForetold(RepetitionInfo repetition) {
        SplittableRandom random = new SplittableRandom(repetition.getCurrentRepetition());
        Model model = new Model(random);
        SpaceSurvey survey = model.survey();
        SpaceReport report = survey.report();
        for (Model.Node node : model.nodes.values()) {
            BitSet one = new BitSet();
            one.set(node.id);
            int freed = model.used() - model.without(one).used();
            assertEquals(freed, survey.freedBy(one));
            boolean parentHidden = node.parent != 0 && !model.node(node.parent).live;
            if (node.live && !parentHidden) {
                assertEquals(freed, report.freedByLayer()[node.id]);
            }
        }
        BitSet several = new BitSet();
        model.nodes.keySet().stream().filter(id -> random.nextBoolean()).forEach(several::set);
        assertEquals(model.used() - model.without(several).used(), survey.freedBy(several));
    }

    @Test
    void whatIsNoLayersIsLost() {
        LayerForest forest = new LayerForest();
        forest.add(1, 0, 0, true, true);
        forest.add(7, 8, 1, true, false); // a cycle has no root
        forest.add(8, 7, 1, true, false);
        SpaceSurvey survey = new SpaceSurvey(forest);
        survey.add(1, 0xffff_ffffL, 256);
        survey.add(1, 0xffff_ffffL, 3); // doubled
        survey.add(7, 0, 1);
        survey.add(2, 0, 1);
        SpaceReport report = survey.report();
        assertEquals(4, report.used());
        assertEquals(2, report.lost());
        assertEquals(1, report.unreferenced());
        assertEquals(1, report.exclusiveByVolume()[0]);
    }
}
