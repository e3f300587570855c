package org.dbstore.backend.operation;

import java.util.function.IntPredicate;

/**
 * Where a vacuum leads if all extents can move and nobody allocates meanwhile.
 *
 * @param moved extents that move
 * @param end extents up to the last one in use afterwards
 */
record VacuumPlan(int moved, int end) {
    /**
     * Makes the plan.
     *
     * @param owned extents in use, ascending
     * @param free which extents are free
     */
    static VacuumPlan of(int[] owned, IntPredicate free) {
        int moved = 0;
        int target = 0;
        int end = 0;
        for (int i = owned.length - 1; i >= 0; i--) {
            while (target < owned[i] && !free.test(target)) {
                target++;
            }
            if (target >= owned[i]) {
                return new VacuumPlan(moved, Math.max(end, owned[i] + 1));
            }
            target++;
            end = target;
            moved++;
        }
        return new VacuumPlan(moved, end);
    }
}
