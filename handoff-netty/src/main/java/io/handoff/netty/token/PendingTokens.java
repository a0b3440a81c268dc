package io.handoff.netty.token;

import java.util.Arrays;

/**
 * Tokens and the instants they expire at: found by value, and kept in the order in which they were added.
 *
 * <p>A hash table with open addressing over entries that lie in arrays: 48 bytes a token, twice that just after growth, and
 * nothing that the collector has to follow; to find one costs a cache miss or two. The table finds entries by their
 * number; entries are linked from the oldest to the newest, the free ones among each other. The memory of the most tokens
 * that were ever pending is kept.
 *
 * <p>Not thread-safe: {@link HandoffTokenStore} confines it.
 */
final class PendingTokens {

    /** No entry. */
    static final int NONE = -1;

    private static final int INITIAL_ENTRIES = 16;

    /** Of the cells, at most half are taken: runs of taken ones stay short. */
    private static final int CELLS_PER_ENTRY = 2;

    private long[] high = new long[INITIAL_ENTRIES];
    private long[] low = new long[INITIAL_ENTRIES];
    private long[] expiresAt = new long[INITIAL_ENTRIES];
    private int[] older = new int[INITIAL_ENTRIES];
    private int[] newer = new int[INITIAL_ENTRIES];
    private int oldest = NONE;
    private int newest = NONE;
    private int firstFree = NONE;
    private int everUsed;
    private int size;

    /** Each is empty, or has the upper half of a token's hash and, below, the number of its entry plus one. */
    private long[] cells = new long[INITIAL_ENTRIES * CELLS_PER_ENTRY];

    private static final long EMPTY = 0;

    int size() {
        return size;
    }

    /** The entry that was added first of those that are here, or {@link #NONE}. */
    int oldest() {
        return oldest;
    }

    long expiresAt(int entry) {
        return expiresAt[entry];
    }

    /** The entry of a token, or {@link #NONE}. */
    int find(HandoffToken token) {
        long hash = token.hash();
        for (int at = home(hash >>> Integer.SIZE); cells[at] != EMPTY; at = next(at)) {
            int entry = entryIn(cells[at]);
            if (cells[at] >>> Integer.SIZE == hash >>> Integer.SIZE && token.equals(high[entry], low[entry])) {
                return entry;
            }
        }
        return NONE;
    }

    /** Adds a token that is not here, as the newest. */
    void add(HandoffToken token, long expiresAt) {
        if (size == high.length) {
            grow();
        }
        int entry = takeFree();
        high[entry] = token.high();
        low[entry] = token.low();
        this.expiresAt[entry] = expiresAt;
        link(entry);
        addCell(token.hash(), entry);
        size++;
    }

    /** Removes the token of an entry; the number may be another token's afterwards. */
    void remove(int entry) {
        removeCell(cellOf(entry));
        unlink(entry);
        newer[entry] = firstFree;
        firstFree = entry;
        size--;
    }

    private int takeFree() {
        if (firstFree == NONE) {
            return everUsed++;
        }
        int entry = firstFree;
        firstFree = newer[entry];
        return entry;
    }

    private void link(int entry) {
        older[entry] = newest;
        newer[entry] = NONE;
        if (newest == NONE) {
            oldest = entry;
        } else {
            newer[newest] = entry;
        }
        newest = entry;
    }

    private void unlink(int entry) {
        if (entry == oldest) {
            oldest = newer[entry];
        } else {
            newer[older[entry]] = newer[entry];
        }
        if (entry == newest) {
            newest = older[entry];
        } else {
            older[newer[entry]] = older[entry];
        }
    }

    private void addCell(long hash, int entry) {
        int at = home(hash >>> Integer.SIZE);
        while (cells[at] != EMPTY) {
            at = next(at);
        }
        cells[at] = hash >>> Integer.SIZE << Integer.SIZE | (entry + 1);
    }

    private int cellOf(int entry) {
        int at = home(HandoffToken.hash(high[entry], low[entry]) >>> Integer.SIZE);
        while (entryIn(cells[at]) != entry) {
            at = next(at);
        }
        return at;
    }

    /** Leaves no gap between any other token and the home of its hash, where the search for it begins. */
    private void removeCell(int removed) {
        int gap = removed;
        for (int at = next(gap); cells[at] != EMPTY; at = next(at)) {
            int home = home(cells[at] >>> Integer.SIZE);
            if (distance(home, at) >= distance(gap, at)) {
                cells[gap] = cells[at];
                gap = at;
            }
        }
        cells[gap] = EMPTY;
    }

    private void grow() {
        int entries = 2 * size;
        high = Arrays.copyOf(high, entries);
        low = Arrays.copyOf(low, entries);
        expiresAt = Arrays.copyOf(expiresAt, entries);
        older = Arrays.copyOf(older, entries);
        newer = Arrays.copyOf(newer, entries);
        cells = new long[entries * CELLS_PER_ENTRY];
        for (int entry = oldest; entry != NONE; entry = newer[entry]) {
            addCell(HandoffToken.hash(high[entry], low[entry]), entry);
        }
    }

    /** The first cell to look at: the uppermost bits, which depend on all bits of a token. */
    private int home(long upperHash) {
        return (int) (upperHash >>> (Integer.numberOfLeadingZeros(cells.length) + 1));
    }

    private int next(int at) {
        return (at + 1) & (cells.length - 1);
    }

    private int distance(int from, int to) {
        return (to - from) & (cells.length - 1);
    }

    private static int entryIn(long cell) {
        return (int) cell - 1;
    }
}
