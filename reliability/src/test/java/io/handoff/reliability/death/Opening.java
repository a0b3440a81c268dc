package io.handoff.reliability.death;

/**
 * What a client of the test sends first, in one byte.
 *
 * @param destination where its handoff is to stand
 * @param way how it is to leave the broker
 */
@SuppressWarnings("EnumOrdinal") // Both ends are of one build.
record Opening(HandoffStep destination, Way way) {

    byte code() {
        return (byte) (destination.ordinal() * Way.values().length + way.ordinal());
    }

    static Opening of(byte code) {
        int ways = Way.values().length;
        return new Opening(HandoffStep.values()[code / ways], Way.values()[code % ways]);
    }
}
