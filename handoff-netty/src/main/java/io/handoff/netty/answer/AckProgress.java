package io.handoff.netty.answer;

/**
 * How far the exchanges of one connection are: what its deadline has to know. An exchange begins with the connection, or when the
 * ACK before has left, and ends when its own ACK has left.
 */
final class AckProgress {

    private long beganAtNanos;
    private int onTheirWay;
    private boolean anyLeft;

    /** The first exchange began at this time. */
    void begin(long nowNanos) {
        beganAtNanos = nowNanos;
    }

    /** So many ACKs are on their way. */
    void written(int count) {
        onTheirWay += count;
    }

    /** So many ACKs have left. One that never will ends the connection. */
    void left(int count, long nowNanos) {
        onTheirWay -= count;
        anyLeft = true;
        beganAtNanos = nowNanos;
    }

    long beganAtNanos() {
        return beganAtNanos;
    }

    boolean anyOnItsWay() {
        return onTheirWay > 0;
    }

    boolean anyLeft() {
        return anyLeft;
    }
}
