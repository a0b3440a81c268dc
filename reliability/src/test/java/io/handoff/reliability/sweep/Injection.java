package io.handoff.reliability.sweep;

/**
 * One call of a handoff that is made to fail.
 *
 * @param client whose handoff it is
 * @param loop which makes the call
 * @param call as it was recorded
 * @param occurrence the how many-th call of that name it is of that loop, from 1
 * @param errno the error that it returns
 */
record Injection(ClientKind client, SweptLoop loop, Call call, int occurrence, String errno) {

    @Override
    public String toString() {
        return loop.title() + ": " + call.title() + ", call " + occurrence + " of its name, returns " + errno
                + ", client " + client.title();
    }
}
