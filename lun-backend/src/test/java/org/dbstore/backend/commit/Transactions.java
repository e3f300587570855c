package org.dbstore.backend.commit;

import org.dbstore.backend.device.BlockDevice;

import java.io.IOException;
import java.util.List;

/** Transactions without a commit point. */
public final class Transactions {
    private Transactions() {}

    /** How many changes a transaction holds. */
    public static int patchCount(Transaction transaction) {
        return transaction.steps().stream().mapToInt(List::size).sum();
    }

    /** Writes what a transaction holds straight to where it belongs. */
    public static void apply(Transaction transaction, BlockDevice device) {
        try {
            for (List<Transaction.Patch> step : transaction.steps()) {
                for (Transaction.Patch patch : step) {
                    device.write(patch.offset(), patch.bytes().duplicate());
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
