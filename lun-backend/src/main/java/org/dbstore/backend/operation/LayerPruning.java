package org.dbstore.backend.operation;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.commit.Transaction;
import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Takes off what carries the mark and is nobody's head: a layer without children is removed, one
 * with a single child is merged into that, one with several stays hidden until it has fewer. What
 * the others show never changes. What lies beyond the sizes of all that is left goes too. A power
 * loss on the way leaves marks, and opening the device runs this again.
 *
 * <p>Where the last branch ends, the superblock stops saying that there are any.
 */
public final class LayerPruning {
    private final Management management;

    /** What to do next: one of both, or nothing. */
    private record Step(List<Integer> removed, @Nullable Layer merged, @Nullable Layer child) {
        static final Step NONE = new Step(List.of(), null, null);
    }

    /**
     * Creates the routine.
     *
     * @param management of the store
     */
    public LayerPruning(Management management) {
        this.management = management;
    }

    /**
     * Runs it for whole trees. The caller holds the operations of their volumes, not the management
     * lock.
     *
     * @param trees ids of all layers of the trees; those that are removed are taken out, because
     *     others may get them at once
     * @throws BackendException {@link org.dbstore.backend.BackendError#FAILED}
     */
    public void run(BitSet trees) throws BackendException {
        try {
            Step step = management.locked(() -> next(trees));
            while (!step.equals(Step.NONE)) {
                if (step.merged() != null && step.child() != null) {
                    new SnapshotMerge(management, step.merged(), step.child()).run();
                    trees.clear(step.merged().id());
                } else {
                    new LayerRemoval(management).run(step.removed(), List.of());
                    step.removed().forEach(trees::clear);
                }
                step = management.locked(() -> next(trees));
            }
        } finally {
            management.lockedDo(() -> hide(trees));
        }
        trim(trees);
        management.lockedDo(this::endBranching);
    }

    /** Frees what lies beyond everything that the layers above may show. */
    private void trim(BitSet trees) throws BackendException {
        Map<Integer, Long> ends =
                management.locked(() -> {
                    LayerTree tree = new LayerTree(management.directory());
                    Map<Integer, Long> counts = tree.positionCounts();
                    counts.keySet().removeIf(id -> !trees.get(id) || !isTrimmable(id, tree));
                    return counts;
                });
        if (!ends.isEmpty()) {
            new ExtentRelease(management)
                    .freeAll((owner, position) ->
                            position >= ends.getOrDefault(owner, Long.MAX_VALUE));
        }
    }

    private boolean isTrimmable(int id, LayerTree tree) {
        Layer layer = management.directory().layer(id);
        return layer != null && tree.isTrimmable(layer);
    }

    private Step next(BitSet trees) {
        LayerTree tree = new LayerTree(management.directory());
        List<Layer> doomed = new ArrayList<>();
        for (Layer layer : management.directory().layers()) {
            if (trees.get(layer.id())
                    && layer.entry().isMarked()
                    && !tree.isHead(layer.id())
                    && !tree.isDamaged(layer.id())) {
                doomed.add(layer);
            }
        }
        List<Integer> removable = removable(doomed, tree);
        if (!removable.isEmpty()) {
            return new Step(removable, null, null);
        }
        for (Layer layer : doomed) {
            List<Layer> children = tree.children(layer.id());
            if (children.size() == 1
                    && tree.isAttached(children.getFirst().id())
                    && !isMergeable(children.getFirst(), tree)) {
                return new Step(List.of(), layer, children.getFirst());
            }
        }
        return Step.NONE;
    }

    /** Layers that nothing is left of but what is to be removed with them. */
    private List<Integer> removable(List<Layer> doomed, LayerTree tree) {
        Directory directory = management.directory();
        Map<Integer, Integer> childrenLeft = new HashMap<>(); // of what is pending
        Deque<Layer> childless = new ArrayDeque<>();
        for (Layer layer : doomed) {
            childrenLeft.put(layer.id(), tree.children(layer.id()).size());
            if (tree.children(layer.id()).isEmpty()) {
                childless.add(layer);
            }
        }
        List<Integer> result = new ArrayList<>();
        while (!childless.isEmpty()) {
            Layer layer = childless.remove();
            result.add(layer.id());
            Layer parent = directory.layer(layer.entry().parentId());
            if (parent != null
                    && childrenLeft.containsKey(parent.id())
                    && childrenLeft.merge(parent.id(), -1, Integer::sum) == 0) {
                childless.add(parent);
            }
        }
        return result;
    }

    /**
     * Of several in a row the one nearest to what stays is merged first: each extent moves once.
     */
    private static boolean isMergeable(Layer layer, LayerTree tree) {
        return layer.entry().isMarked()
                && !tree.isHead(layer.id())
                && tree.children(layer.id()).size() == 1;
    }

    private void hide(BitSet trees) {
        for (Layer layer : management.directory().layers()) {
            if (trees.get(layer.id()) && layer.isHidden()) {
                layer.setDeleting(false);
            }
        }
    }

    private void endBranching() throws BackendException {
        Directory directory = management.directory();
        if (directory.isBranched() && !new LayerTree(directory).hasBranches()) {
            management.commit(new Transaction().features(0));
            directory.setBranched(false);
        }
    }
}
